"""Keep the answer in g.user, and look there first."""

user_id = session.get("user_id")
return find_user(user_id) if user_id else None
