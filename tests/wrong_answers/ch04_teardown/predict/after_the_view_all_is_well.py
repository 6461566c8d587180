"""The view was fine, and the request was not: the KeyError came later, and nobody handled it."""

arguments = [None, None, "KeyError", None, "ValueError", "KeyError", "SystemExit", "KeyError"]
