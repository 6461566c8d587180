"""collects in a set and sorts at the end"""

import math

bad = set()
if not environ.get("APP_SECRET"):
    bad.add("APP_SECRET")
try:
    if not 1 <= int(environ.get("APP_PORT")) <= 65535:
        bad.add("APP_PORT")
except (TypeError, ValueError):
    bad.add("APP_PORT")
limits = {}
for name in ("APP_DRIVER_SECONDS", "APP_SERVER_SECONDS"):
    try:
        limits[name] = float(environ.get(name))
        if not 0 < limits[name] < math.inf:
            bad.add(name)
            del limits[name]
    except (TypeError, ValueError):
        bad.add(name)
if len(limits) == 2 and limits["APP_DRIVER_SECONDS"] >= limits["APP_SERVER_SECONDS"]:
    bad.add("APP_DRIVER_SECONDS")
return sorted(bad)
