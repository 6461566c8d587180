"""JSON has text and no bytes: str(value) is the text of an ObjectId."""

if isinstance(value, ObjectId):
    return value.binary
return DefaultJSONProvider.default(value)
