"""An ObjectId is still passed on to Flask, which does not know it: look at the condition."""

if type(value) == "ObjectId":
    return str(value)
return DefaultJSONProvider.default(value)
