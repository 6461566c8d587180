"""Return what session.execute returns."""

if text not in prepared:
    prepared[text] = session.prepare(text)
session.execute(prepared[text], values)
