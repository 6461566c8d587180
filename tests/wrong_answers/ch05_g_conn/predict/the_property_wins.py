"""The fake is in the dictionary by then, so the property gives way to it."""

opens = [0, 0, 1, 0, 1, 0, 2]
