"""-1 is a number, and no limit. Compare the two only where each is fine alone."""

bad, seconds = set(), {}
if not environ.get("APP_SECRET"):
    bad.add("APP_SECRET")
try:
    if not 1 <= int(environ["APP_PORT"]) <= 65535:
        bad.add("APP_PORT")
except (KeyError, ValueError):
    bad.add("APP_PORT")
for name in ("APP_DRIVER_SECONDS", "APP_SERVER_SECONDS"):
    try:
        seconds[name] = float(environ[name])
        if not 0 < seconds[name] < math.inf:
            bad.add(name)
    except (KeyError, ValueError):
        bad.add(name)
if len(seconds) == 2 and seconds["APP_DRIVER_SECONDS"] >= seconds["APP_SERVER_SECONDS"]:
    bad.add("APP_DRIVER_SECONDS")
return sorted(bad)
