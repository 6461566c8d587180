"""A match statement, and the digits by format."""

match value:
    case ObjectId():
        return format(value)
    case _:
        return DefaultJSONProvider.default(value)
