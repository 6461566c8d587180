"""With the same limit nobody knows who gives up first: it must be lower."""

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
if len(limits) == 2 and limits["APP_DRIVER_SECONDS"] > limits["APP_SERVER_SECONDS"]:
    bad.append("APP_DRIVER_SECONDS")
return sorted(bad)
