"""Write one number for each expression, in the order of EXPRESSIONS."""

opens = [0, 0, 1, 0, 0, 0]
