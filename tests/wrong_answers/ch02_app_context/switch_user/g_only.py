"""g ends with the request. What lasts is the session: write the name there."""

g.user = find_user(name) if name else None
