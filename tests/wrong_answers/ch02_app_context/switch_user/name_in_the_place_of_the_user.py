"""current_user() returns a user, as find_user gives it, and not a name."""

session["name"] = name
g.user = name
