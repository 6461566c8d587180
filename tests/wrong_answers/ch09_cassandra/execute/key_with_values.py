"""The values are not a part of the statement: the text alone is the key."""

key = (text, *values)
if key not in prepared:
    prepared[key] = session.prepare(text)
return session.execute(prepared[key], values)
