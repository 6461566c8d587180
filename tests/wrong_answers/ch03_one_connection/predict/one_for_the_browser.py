"""Each request has a context of its own, and its g is empty."""

eager = [1, 1, 1, 1, 1, 3, 1]
lazy = [1, 0, 0, 0, 1, 1, 1]
