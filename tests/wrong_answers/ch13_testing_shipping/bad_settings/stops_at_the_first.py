"""What is missing is bad too, and must not raise: environ.get(name)."""

if not environ.get("APP_SECRET"):
    return ["APP_SECRET"]
if not environ.get("APP_PORT", "").isdigit():
    return ["APP_PORT"]
return []
