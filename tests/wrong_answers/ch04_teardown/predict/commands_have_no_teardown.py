"""A command has an app context and a teardown, and no error handlers."""

arguments = [None, None, None, "KeyError", None, None, "KeyError", None]
