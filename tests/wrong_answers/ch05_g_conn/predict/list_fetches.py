"""That lists the names in the dictionary of g. It accesses no attribute."""

opens = [1, 0, 1, 0, 0, 0, 2]
