"""What stands behind the question mark leads nowhere: two slashes are a host only at the beginning."""

if target and target[0] == "/" and "//" not in target and "\\" not in target and target.isprintable():
    return target
return "/"
