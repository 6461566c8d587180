"""Hand over app.config["MONGODB_SELECTION_MS"] as it is: both count milliseconds."""

app.extensions["mongo"] = MongoClient(
    app.config["MONGODB_URI"],
    connect=False,
    serverSelectionTimeoutMS=app.config["MONGODB_SELECTION_MS"] / 1000,
)
