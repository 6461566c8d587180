"""A cursor that somebody forgot to read looks like this. To list it here hides the mistake."""

if isinstance(value, ObjectId):
    return str(value)
if hasattr(value, "__next__"):
    return list(value)
return DefaultJSONProvider.default(value)
