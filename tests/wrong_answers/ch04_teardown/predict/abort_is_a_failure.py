"""Flask makes an answer of what abort() raises: it is handled."""

arguments = [None, "NotFound", "InternalServerError", "KeyError", None, None, "KeyError", "KeyError"]
