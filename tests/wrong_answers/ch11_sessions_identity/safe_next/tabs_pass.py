"""A browser removes tabs and line ends, and then this one is //. isprintable() finds them."""

if target and target.startswith("/") and not target.startswith(("//", "/\\")):
    return target
return "/"
