"""Only g.user is out of date. Leave the rest of g as it is."""

session["name"] = name
for key in list(g):
    g.pop(key)
