"""Keep statements, not answers."""

key = (text, *values)
if key not in prepared:
    prepared[key] = session.execute(session.prepare(text), values)
return prepared[key]
