"""With None somebody logs out: the session must forget the name, too."""

if name:
    session["name"] = name
g.pop("user", None)
