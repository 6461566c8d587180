"""Flask writes the time as HTTP does. Whatever is no ObjectId is not yours to write."""

import datetime

if isinstance(value, ObjectId):
    return str(value)
if isinstance(value, datetime.datetime):
    return value.isoformat()
return DefaultJSONProvider.default(value)
