"""Compare the two limits only where both are numbers: here one of them is bad, and the other is fine."""

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
if limits.get("APP_DRIVER_SECONDS", 0) >= limits.get("APP_SERVER_SECONDS", 0):
    bad.append("APP_DRIVER_SECONDS")
return sorted(set(bad))
