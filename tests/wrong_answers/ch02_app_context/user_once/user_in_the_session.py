"""The session lasts longer than the answer is true. Keep the id there, and the user in g."""

if "user" not in g:
    if "user" not in session and "user_id" in session:
        session["user"] = find_user(session["user_id"])
    g.user = session.get("user")
return g.user
