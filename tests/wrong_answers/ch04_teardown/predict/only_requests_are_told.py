"""An app context hands the exception that leaves its with block to the teardown. There are no handlers."""

arguments = [None, None, "KeyError", "KeyError", "ValueError", "KeyError", "SystemExit", None]
