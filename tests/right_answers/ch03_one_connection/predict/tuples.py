"""Tuples in place of lists."""

eager = (1, 1, 1, 1, 1, 3, 1)
lazy = (1, 0, 0, 0, 1, 3, 1)
