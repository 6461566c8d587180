"""The statement has a ? in it: hand values to session.execute as well, in one piece."""

if text not in prepared:
    prepared[text] = session.prepare(text)
return session.execute(prepared[text])
