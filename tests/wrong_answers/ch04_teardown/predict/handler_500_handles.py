"""errorhandler(500) makes the page for an error that nobody handled; the error stays unhandled."""

arguments = [None, None, None, "KeyError", None, None, None, "KeyError"]
