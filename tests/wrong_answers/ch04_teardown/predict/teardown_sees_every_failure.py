"""A handler for the class has handled it. What was handled is over."""

arguments = [None, None, None, "KeyError", "KeyError", "KeyError", "KeyError", "KeyError"]
