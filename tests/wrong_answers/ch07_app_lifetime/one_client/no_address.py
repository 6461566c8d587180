"""Without an address MongoClient takes localhost:27017. Hand it app.config["MONGODB_URI"]."""

app.extensions["mongo"] = MongoClient(
    connect=False, serverSelectionTimeoutMS=app.config["MONGODB_SELECTION_MS"]
)
