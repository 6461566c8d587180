"""Nobody need have been logged in: then there is nothing to remove. session.pop takes a default."""

if name is None:
    del session["name"]
else:
    session["name"] = name
g.pop("user", None)
