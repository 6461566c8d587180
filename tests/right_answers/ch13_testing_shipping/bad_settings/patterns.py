"""patterns for the numbers"""

def positive(name):
    text = environ.get(name, "")
    return float(text) if re.fullmatch(r"\d+(\.\d+)?", text) and float(text) > 0 else None


port = environ.get("APP_PORT", "")
driver, server = positive("APP_DRIVER_SECONDS"), positive("APP_SERVER_SECONDS")
bad = []
if driver is None or (server is not None and driver >= server):
    bad.append("APP_DRIVER_SECONDS")
if not (re.fullmatch(r"\d{1,5}", port) and 0 < int(port) < 65536):
    bad.append("APP_PORT")
if not environ.get("APP_SECRET"):
    bad.append("APP_SECRET")
if server is None:
    bad.append("APP_SERVER_SECONDS")
return bad
