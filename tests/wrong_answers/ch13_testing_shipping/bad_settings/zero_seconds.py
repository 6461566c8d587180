"""0 is not more than 0, and some drivers take it for their default."""

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
        if 0 <= float(environ[name]) < math.inf:
            seconds[name] = float(environ[name])
        else:
            bad.add(name)
    except (KeyError, ValueError):
        bad.add(name)
if len(seconds) == 2 and seconds["APP_DRIVER_SECONDS"] >= seconds["APP_SERVER_SECONDS"]:
    bad.add("APP_DRIVER_SECONDS")
return sorted(bad)
