"""It begins with a slash, and with a second one: to a browser that is a host."""

if target and target.startswith("/"):
    return target
return "/"
