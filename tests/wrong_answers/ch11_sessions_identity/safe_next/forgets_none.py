"""A login without ?next= is the usual one: then target is None."""

if target.startswith("/") and not target.startswith(("//", "/\\")):
    return target
return "/"
