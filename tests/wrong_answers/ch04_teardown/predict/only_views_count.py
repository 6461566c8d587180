"""Nobody handled it. That the view never ran makes no difference."""

arguments = [None, None, None, None, "ValueError", "KeyError", "SystemExit", "KeyError"]
