"""The 404 comes from the view, after it has asked the database."""

eager = [1, 1, 1, 1, 1, 3, 1]
lazy = [1, 0, 0, 0, 0, 3, 1]
