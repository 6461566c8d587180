"""The handler took the KeyError, and raised another exception, which nobody handled."""

arguments = [None, None, "KeyError", "KeyError", "KeyError", "KeyError", "SystemExit", "KeyError"]
