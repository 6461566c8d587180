"""That option is for finding a server. The one for a whole operation is called timeoutMS."""

app.extensions["mongo"] = MongoClient(
    app.config["MONGODB_URI"],
    connect=False,
    serverSelectionTimeoutMS=app.config["MONGODB_TIMEOUT_MS"],
)
