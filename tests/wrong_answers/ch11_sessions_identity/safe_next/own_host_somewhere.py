"""The name of your host may stand anywhere in a foreign address. Look at how the target begins."""

if target and (request.host in target or urlsplit(target).netloc == ""):
    return target
return "/"
