"""5s begins with a number, and is none: look at all of the text, as float() does."""

def seconds(name):
    found = re.match(r"\d+(\.\d*)?", environ.get(name, ""))
    return float(found[0]) if found else 0
driver, server = seconds("APP_DRIVER_SECONDS"), seconds("APP_SERVER_SECONDS")
port = environ.get("APP_PORT", "")
bad = set()
if not environ.get("APP_SECRET"):
    bad.add("APP_SECRET")
if not re.fullmatch(r"[0-9]{1,5}", port) or not 1 <= int(port) <= 65535:
    bad.add("APP_PORT")
if server <= 0:
    bad.add("APP_SERVER_SECONDS")
if driver <= 0 or (server > 0 and driver >= server):
    bad.add("APP_DRIVER_SECONDS")
return sorted(bad)
