"""g.get is dict.get: it reads the dictionary of g, past the class."""

opens = [0, 1, 1, 1, 0, 1, 0]
