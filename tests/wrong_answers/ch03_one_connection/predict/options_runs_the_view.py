"""Flask makes this response by itself: no view runs."""

eager = [1, 1, 1, 1, 1, 3, 1]
lazy = [1, 1, 0, 0, 1, 3, 1]
