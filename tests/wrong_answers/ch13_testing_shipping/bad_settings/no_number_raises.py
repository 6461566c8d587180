"""A text that is no number is bad, and must not raise: catch the ValueError where you convert it."""

names = ["APP_DRIVER_SECONDS", "APP_PORT", "APP_SECRET", "APP_SERVER_SECONDS"]
return [name for name in names if not environ.get(name) or (name != "APP_SECRET" and not float(environ[name]) > 0)]
