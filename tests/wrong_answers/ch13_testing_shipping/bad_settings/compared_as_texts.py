"""These settings are fine. Compare limits as numbers (as texts, 5 comes after 30), and ask for no more."""

import math

bad = []
if not environ.get("APP_SECRET"):
    bad.append("APP_SECRET")
try:
    if not 1 <= int(environ.get("APP_PORT")) <= 65535:
        bad.append("APP_PORT")
except (TypeError, ValueError):
    bad.append("APP_PORT")
limits = {}
for name in ("APP_DRIVER_SECONDS", "APP_SERVER_SECONDS"):
    try:
        limits[name] = float(environ.get(name))
        if not 0 < limits[name] < math.inf:
            bad.append(name)
            del limits[name]
    except (TypeError, ValueError):
        bad.append(name)
if len(limits) == 2 and environ["APP_DRIVER_SECONDS"] >= environ["APP_SERVER_SECONDS"]:
    bad.append("APP_DRIVER_SECONDS")
return sorted(bad)
