"""JSON makes True of true, and True is an int. A port has digits: ask int()."""

import json
def value(name):
    try:
        return json.loads(environ[name])
    except (KeyError, ValueError):
        return None
bad = []
d, s, p = value("APP_DRIVER_SECONDS"), value("APP_SERVER_SECONDS"), value("APP_PORT")
def seconds(v):
    return isinstance(v, (int, float)) and 0 < v < math.inf
if not seconds(d) or (seconds(s) and d >= s):
    bad.append("APP_DRIVER_SECONDS")
if not isinstance(p, int) or not 1 <= p <= 65535:
    bad.append("APP_PORT")
if not environ.get("APP_SECRET"):
    bad.append("APP_SECRET")
if not seconds(s):
    bad.append("APP_SERVER_SECONDS")
return bad
