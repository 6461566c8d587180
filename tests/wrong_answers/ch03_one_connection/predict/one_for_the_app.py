"""A new context finds an empty g: the connection of the last request is gone."""

eager = [1, 1, 1, 1, 1]
lazy = [0, 0, 0, 1, 0]
