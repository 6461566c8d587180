"""before_request runs before every request, whatever it asks for."""

eager = [1, 0, 0, 1, 1]
lazy = [0, 0, 0, 1, 1]
