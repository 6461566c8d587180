"""A second place outside of the dict remembers statements. The dict alone is enough."""

statements = globals().setdefault("statements", {})
if text not in statements:
    statements[text] = session.prepare(text)
prepared[text] = statements[text]
return session.execute(prepared[text], values)
