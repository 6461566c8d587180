"""The 404 comes from the view, after it has asked the database. A second call in one context finds the connection of the first."""

eager = [1, 1, 1, 1, 1, 3, 1]
lazy = [1, 0, 0, 0, 2, 3, 1]
