"""The server's limit has the rules of the driver's: more than 0, and not infinite."""

def number(name, kind):
    try:
        return kind(environ.get(name, ""))
    except ValueError:
        return None
bad = []
d, s = number("APP_DRIVER_SECONDS", float), number("APP_SERVER_SECONDS", float)
ds = d is not None and math.isfinite(d) and d > 0
ss = s is not None and math.isfinite(s) and s >= 0
if not ds or (ss and d >= s and s != 0):
    bad.append("APP_DRIVER_SECONDS")
if (number("APP_PORT", int) or 0) not in range(1, 65536):
    bad.append("APP_PORT")
if not environ.get("APP_SECRET"):
    bad.append("APP_SECRET")
if not ss:
    bad.append("APP_SERVER_SECONDS")
return bad
