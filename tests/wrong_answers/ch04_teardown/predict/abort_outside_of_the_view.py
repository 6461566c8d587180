"""Flask makes a response of what abort() raises, wherever it is called: it is handled."""

arguments = [None, "Unauthorized", "KeyError", "KeyError", "ValueError", "KeyError", "SystemExit", "KeyError"]
