"""Logging out has two halves as well: the session has forgotten, g has not."""

if name is None:
    session.clear()
    return
session["name"] = name
g.user = find_user(name)
