"""None is a word of Python: write it without quotes."""

arguments = ["None", "None", "KeyError", "KeyError", "ValueError", "KeyError", "SystemExit", "KeyError"]
