"""No line of that answer asks for songs: the getter is never called."""

eager = [1, 1, 1, 1, 1]
lazy = [1, 0, 0, 1, 1]
