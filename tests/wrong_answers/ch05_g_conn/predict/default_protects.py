"""The default is for an attribute that is not there. This one is: it opens."""

opens = [0, 0, 1, 0, 0, 1, 0]
