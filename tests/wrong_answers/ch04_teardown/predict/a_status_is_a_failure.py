"""A status is not an exception: nothing was raised."""

arguments = ["InternalServerError", None, "KeyError", "KeyError", "ValueError", "KeyError", "SystemExit", "KeyError"]
