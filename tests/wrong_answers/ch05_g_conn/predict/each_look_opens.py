"""A cached_property runs once, and the second look finds what it kept."""

opens = [0, 0, 1, 1, 0, 2, 0]
