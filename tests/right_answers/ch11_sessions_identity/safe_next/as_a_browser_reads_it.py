"""what a browser would make of it, compared with the own host"""

if not target:
    return "/"
seen = target.replace("\\", "/")
for removed in "\t\r\n":
    seen = seen.replace(removed, "")
if seen[:1] != "/" or seen[:2] == "//":
    return "/"
return target
