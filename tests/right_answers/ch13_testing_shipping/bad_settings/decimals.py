"""decimals, and their own error"""

from decimal import Decimal, InvalidOperation
def seconds(name):
    try:
        value = Decimal(environ[name])
    except (KeyError, InvalidOperation):
        return None
    return value if value.is_finite() and value > 0 else None
d, s = seconds("APP_DRIVER_SECONDS"), seconds("APP_SERVER_SECONDS")
port = environ.get("APP_PORT", "")
bad = []
if d is None or (s is not None and d >= s):
    bad.append("APP_DRIVER_SECONDS")
if re.fullmatch("[0-9]+", port) is None or not 0 < int(port) < 65536:
    bad.append("APP_PORT")
if environ.get("APP_SECRET", "") == "":
    bad.append("APP_SECRET")
if s is None:
    bad.append("APP_SERVER_SECONDS")
return bad
