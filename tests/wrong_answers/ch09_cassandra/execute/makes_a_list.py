"""Leave the rows to the caller. A list has read them all, and does not know was_applied."""

if text not in prepared:
    prepared[text] = session.prepare(text)
return list(session.execute(prepared[text], values))
