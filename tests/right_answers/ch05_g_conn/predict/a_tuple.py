"""A tuple."""

opens = 0, 0, 1, 0, 0, 0, 2
