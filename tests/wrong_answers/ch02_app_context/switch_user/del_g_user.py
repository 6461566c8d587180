"""Nobody need have asked before: then there is no g.user. g.pop takes a default."""

session["name"] = name
del g.user
