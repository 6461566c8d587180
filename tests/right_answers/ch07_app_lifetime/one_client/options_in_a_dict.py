"""Options collected in a dict, and setdefault for the place."""

options = {"timeoutMS": app.config.get("MONGODB_TIMEOUT_MS"), "connect": False, "tz_aware": True}
app.extensions.setdefault("mongo", MongoClient(app.config["MONGODB_URI"], **options))
