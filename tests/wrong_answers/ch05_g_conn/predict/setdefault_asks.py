"""g.setdefault is dict.setdefault: it stores the fake and asks nobody."""

opens = [0, 0, 1, 1, 0, 0, 2]
