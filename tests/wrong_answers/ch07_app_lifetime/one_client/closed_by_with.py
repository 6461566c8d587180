"""Who closes the client before init_app returns? `with` does, at the end of its block."""

with MongoClient(
    app.config["MONGODB_URI"], connect=False, timeoutMS=app.config["MONGODB_TIMEOUT_MS"]
) as client:
    app.extensions["mongo"] = client
