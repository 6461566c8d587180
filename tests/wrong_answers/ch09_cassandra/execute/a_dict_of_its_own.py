"""Keep it in the dict that you are given, under the text: it lives as long as the session."""

statements = globals().setdefault("statements", {})
if text not in statements:
    statements[text] = session.prepare(text)
return session.execute(statements[text], values)
