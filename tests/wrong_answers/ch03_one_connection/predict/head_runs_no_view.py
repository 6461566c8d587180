"""Flask runs the view for HEAD, and drops the body of its response."""

eager = [1, 1, 1, 1, 1, 3, 1]
lazy = [0, 0, 0, 0, 1, 3, 1]
