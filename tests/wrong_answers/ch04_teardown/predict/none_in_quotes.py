"""None is a word of Python: write it without quotes."""

arguments = ["None", "None", "None", "KeyError", "None", "None", "KeyError", "KeyError"]
