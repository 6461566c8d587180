"""Without a URI MongoClient takes localhost:27017. Hand it app.config["MONGODB_URI"]."""

app.extensions["mongo"] = MongoClient(
    connect=False, timeoutMS=app.config["MONGODB_TIMEOUT_MS"]
)
