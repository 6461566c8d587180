"""hasattr in the place of in."""

if not hasattr(g, "user"):
    match session.get("user_id"):
        case None:
            g.user = None
        case user_id:
            g.user = find_user(user_id)
return g.user
