"""SystemExit is no Exception, so no handler is asked; the teardown runs, and is told."""

arguments = [None, None, "KeyError", "KeyError", "ValueError", "KeyError", None, "KeyError"]
