"""Look into the dict first, and put the statement there."""

return session.execute(session.prepare(text), values)
