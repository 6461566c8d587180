"""One way through the function returns nothing, and that is None. Return there as well."""

if isinstance(value, ObjectId):
    return str(value)
DefaultJSONProvider.default(value)
