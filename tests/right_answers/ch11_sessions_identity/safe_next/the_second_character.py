"""looks at the second character"""

if not target or target[0] != "/" or target[1:2] in ("/", "\\"):
    return "/"
return "/" if set(target) & set("\t\r\n") else target
