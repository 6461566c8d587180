"""Without serverSelectionTimeoutMS a visitor waits half a minute for the 503."""

app.extensions["mongo"] = MongoClient(app.config["MONGODB_URI"], connect=False)
