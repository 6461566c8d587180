"""Finds the new user at once."""

session.clear()
if name:
    session["name"] = name
g.user = find_user(name) if name else None
