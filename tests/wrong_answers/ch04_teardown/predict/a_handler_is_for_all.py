"""A blueprint's errorhandler is for the views of that blueprint. Here nobody handled it."""

arguments = [None, None, "KeyError", "KeyError", "ValueError", None, "SystemExit", "KeyError"]
