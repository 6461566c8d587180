"""The session keeps None, which nobody is called."""

session["name"] = name
if "user" in g:
    del g.user
