"""No host in it, and still not a path: there are schemes without a host. A path begins with a slash."""

if target and not urlsplit(target).netloc:
    return target
return "/"
