"""An ObjectId's own text is str(value): 24 hexadecimal digits."""

if isinstance(value, ObjectId):
    return repr(value)
return DefaultJSONProvider.default(value)
