"""null in its place is lost data that nobody notices. Let the TypeError through."""

if isinstance(value, ObjectId):
    return str(value)
try:
    return DefaultJSONProvider.default(value)
except TypeError:
    return None
