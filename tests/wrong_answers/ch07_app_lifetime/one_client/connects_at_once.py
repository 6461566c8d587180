"""The constructor starts the monitor. Tell it not to connect yet."""

app.extensions["mongo"] = MongoClient(
    app.config["MONGODB_URI"],
    timeoutMS=app.config["MONGODB_TIMEOUT_MS"],
)
