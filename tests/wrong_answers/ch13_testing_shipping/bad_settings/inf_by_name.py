"""inf has other names, Infinity and 1e999 among them: look at the number, not at the text."""

bad, seconds = set(), {}
if not (environ.get("APP_SECRET")):
    bad.add("APP_SECRET")
try:
    if not (1 <= int(environ["APP_PORT"]) <= 65535):
        bad.add("APP_PORT")
except (KeyError, ValueError):
    bad.add("APP_PORT")
for name in ("APP_DRIVER_SECONDS", "APP_SERVER_SECONDS"):
    try:
        if environ[name] != "inf" and float(environ[name]) > 0:
            seconds[name] = float(environ[name])
        else:
            bad.add(name)
    except (KeyError, ValueError):
        bad.add(name)
if len(seconds) == 2 and seconds["APP_DRIVER_SECONDS"] >= seconds["APP_SERVER_SECONDS"]:
    bad.add("APP_DRIVER_SECONDS")
return sorted(bad)
