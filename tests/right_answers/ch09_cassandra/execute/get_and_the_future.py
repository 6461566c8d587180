"""dict.get, and the result of a future."""

statement = prepared.get(text)
if statement is None:
    statement = session.prepare(text)
    prepared[text] = statement
return session.execute_async(statement, values).result()
