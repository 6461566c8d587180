"""Not every error of a conversion is a ValueError: Decimal has InvalidOperation."""

from decimal import Decimal
bad = []
def number(name):
    try:
        return Decimal(environ.get(name, ""))
    except ValueError:
        return -1
d, s = number("APP_DRIVER_SECONDS"), number("APP_SERVER_SECONDS")
if not 0 < d < math.inf or (0 < s < math.inf and d >= s):
    bad.append("APP_DRIVER_SECONDS")
port = environ.get("APP_PORT", "")
if not re.fullmatch(r"\d{1,5}", port) or not 1 <= int(port) <= 65535:
    bad.append("APP_PORT")
if not environ.get("APP_SECRET"):
    bad.append("APP_SECRET")
if not 0 < s < math.inf:
    bad.append("APP_SERVER_SECONDS")
return bad
