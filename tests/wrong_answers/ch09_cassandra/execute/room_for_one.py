"""A new text threw the others away. The dict may have as many statements as the app has."""

if text not in prepared:
    prepared.clear()
    prepared[text] = session.prepare(text)
return session.execute(prepared[text], values)
