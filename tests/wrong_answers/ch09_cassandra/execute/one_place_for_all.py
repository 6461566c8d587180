"""The dict has one place for all. Keep each statement under its own text."""

if "statement" not in prepared:
    prepared["statement"] = session.prepare(text)
return session.execute(prepared["statement"], values)
