"""What is missing is bad too, and must not raise: environ.get(name)."""

bad = []
if not environ["APP_SECRET"]:
    bad.append("APP_SECRET")
if not 1 <= int(environ["APP_PORT"]) <= 65535:
    bad.append("APP_PORT")
return bad
