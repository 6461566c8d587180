"""What is taken out is forgotten, and not closed: the next access opens another."""

opens = [0, 0, 1, 0, 0, 0, 1]
