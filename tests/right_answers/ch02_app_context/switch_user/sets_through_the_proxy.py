"""By setattr, and session.update."""

session.update(name=name)
setattr(g, "user", name and find_user(name))
