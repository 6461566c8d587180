"""That is MongoDB's extended JSON. A browser wants a plain string: str(value)."""

from bson import json_util

if isinstance(value, ObjectId):
    return json_util.default(value)
return DefaultJSONProvider.default(value)
