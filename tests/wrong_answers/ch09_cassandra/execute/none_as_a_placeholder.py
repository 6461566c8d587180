"""A failure must leave nothing behind: put the statement into the dict when prepare() has returned."""

if text not in prepared:
    prepared[text] = None
    prepared[text] = session.prepare(text)
return session.execute(prepared[text], values)
