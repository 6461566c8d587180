"""The constructor starts the monitor. Tell it not to connect yet."""

app.extensions["mongo"] = MongoClient(
    app.config["MONGODB_URI"],
    serverSelectionTimeoutMS=app.config["MONGODB_SELECTION_MS"],
)
