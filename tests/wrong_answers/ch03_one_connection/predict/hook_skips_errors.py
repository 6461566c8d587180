"""POST /songs: before_request runs before every request, whatever comes of it."""

eager = [1, 1, 0, 0, 1, 3, 1]
lazy = [1, 0, 0, 0, 1, 3, 1]
