"""Three slashes are read like two. Refuse every second slash."""

parts = urlsplit((target or "/").replace("\\", "/"))
if parts.scheme or parts.netloc:
    return "/"
return target or "/"
