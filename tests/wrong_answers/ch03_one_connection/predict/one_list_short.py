"""Write one number for each line, in the order of WORK."""

eager = 7
lazy = [1, 0, 0, 0, 1, 3, 1]
