"""Bytes may hold anything, and str() of them is Python's spelling, with a b and quotes."""

if isinstance(value, (ObjectId, bytes)):
    return str(value)
return DefaultJSONProvider.default(value)
