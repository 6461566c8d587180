"""Name each once, although two rules are broken."""

def number(name, kind):
    try:
        return kind(environ.get(name, ""))
    except ValueError:
        return math.nan

driver, server = number("APP_DRIVER_SECONDS", float), number("APP_SERVER_SECONDS", float)
bad = []
if not 0 < driver < math.inf:
    bad.append("APP_DRIVER_SECONDS")
if not 0 < server < math.inf:
    bad.append("APP_SERVER_SECONDS")
elif driver >= server:
    bad.append("APP_DRIVER_SECONDS")
if not environ.get("APP_SECRET"):
    bad.append("APP_SECRET")
if not 1 <= number("APP_PORT", int) <= 65535:
    bad.append("APP_PORT")
return sorted(bad)
