"""Flask's rules are more than those that one remembers. Do not write them again: call them."""

import datetime, decimal, uuid
from werkzeug.http import http_date

if isinstance(value, datetime.date):
    return http_date(value)
if isinstance(value, (ObjectId, decimal.Decimal, uuid.UUID)):
    return str(value)
raise TypeError(f"{type(value).__name__} is not JSON serializable")
