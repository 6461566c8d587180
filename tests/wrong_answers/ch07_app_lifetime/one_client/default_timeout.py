"""Without timeoutMS a visitor waits half a minute for the 503, or longer."""

app.extensions["mongo"] = MongoClient(app.config["MONGODB_URI"], connect=False)
