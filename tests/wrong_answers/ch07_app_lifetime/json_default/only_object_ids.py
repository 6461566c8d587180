"""Flask's provider knows dates, Decimal and UUID. Ask it before you give up."""

if isinstance(value, ObjectId):
    return str(value)
raise TypeError(f"{type(value).__name__} is not JSON serializable")
