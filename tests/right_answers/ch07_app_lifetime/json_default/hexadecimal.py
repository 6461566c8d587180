"""the digits from the bytes of the id"""

if type(value) is ObjectId:
    return value.binary.hex()
return DefaultJSONProvider(Flask("any")).default(value)
