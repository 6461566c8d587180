"""KeyError is a kind of LookupError: its handler handles both."""

arguments = [None, None, None, "KeyError", None, "KeyError", "KeyError", "KeyError"]
