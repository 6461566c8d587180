"""a try for each setting, and texts in the order of the alphabet from the start"""

bad = []
seconds = {}
for name in ("APP_DRIVER_SECONDS", "APP_SERVER_SECONDS"):
    try:
        value = float(environ[name])
    except (KeyError, ValueError):
        value = 0.0
    if math.isfinite(value) and value > 0:
        seconds[name] = value
if "APP_DRIVER_SECONDS" not in seconds or seconds["APP_DRIVER_SECONDS"] >= seconds.get("APP_SERVER_SECONDS", math.inf):
    bad.append("APP_DRIVER_SECONDS")
try:
    port = int(environ["APP_PORT"])
except (KeyError, ValueError):
    port = 0
if not 0 < port < 2**16:
    bad.append("APP_PORT")
if environ.get("APP_SECRET", "") == "":
    bad.append("APP_SECRET")
if "APP_SERVER_SECONDS" not in seconds:
    bad.append("APP_SERVER_SECONDS")
return bad
