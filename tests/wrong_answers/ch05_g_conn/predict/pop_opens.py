"""g.pop is dict.pop: nothing is in the dictionary yet, so it returns None."""

opens = [0, 0, 1, 1, 1, 1, 0]
