"""Tries first, and asks when there is nothing."""

try:
    return g.user
except AttributeError:
    g.user = None
if "user_id" in session:
    g.user = find_user(session["user_id"])
return g.user
