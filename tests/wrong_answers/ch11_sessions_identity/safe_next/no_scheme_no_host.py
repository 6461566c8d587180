"""A browser reads a backslash as a slash, so this one is // in disguise."""

parts = urlsplit(target or "")
if target and not parts.scheme and not parts.netloc:
    return target
return "/"
