"""All four are missing, and all are to be named: collect them, and go on."""

if not environ.get("APP_SECRET"):
    return ["APP_SECRET"]
if not environ.get("APP_PORT", "").isdigit():
    return ["APP_PORT"]
return []
