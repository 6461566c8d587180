"""Each of the two is fine alone. But the server would give up first: the driver's limit must be the lower one."""

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
return sorted(bad)
