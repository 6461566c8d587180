"""Tabs are not all: a browser removes line ends as well, and then this one is //. Refuse what is not printable."""

if not target:
    return "/"
seen = target.replace("\t", "")
if seen.startswith("/") and not seen.startswith(("//", "/\\")):
    return target
return "/"
