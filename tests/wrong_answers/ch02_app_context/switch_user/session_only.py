"""g.user still has the answer from before the login. Let the next question be asked anew."""

if name is None:
    session.pop("name", None)
else:
    session["name"] = name
