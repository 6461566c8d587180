"""There are two characters that end a line, and a browser removes both."""

if not target:
    return "/"
seen = target.replace("\t", "").replace("\n", "")
if seen.startswith("/") and not seen.startswith(("//", "/\\")):
    return target
return "/"
