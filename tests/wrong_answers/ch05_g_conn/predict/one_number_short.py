"""Write one number for each look, in the order of LOOKS."""

opens = [0, 0, 1, 1, 0, 1]
