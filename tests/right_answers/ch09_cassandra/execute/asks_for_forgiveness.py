"""Looks by trying; the values are bound first."""

try:
    statement = prepared[text]
except KeyError:
    statement = prepared.setdefault(text, session.prepare(text))
return session.execute(statement.bind(values))
