"""The text is not in the dict the first time: look first, with `in`."""

return session.execute(prepared[text], values)
