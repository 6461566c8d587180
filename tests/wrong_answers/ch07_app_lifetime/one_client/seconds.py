"""Hand over app.config["MONGODB_TIMEOUT_MS"] as it is: both count milliseconds."""

app.extensions["mongo"] = MongoClient(
    app.config["MONGODB_URI"],
    connect=False,
    timeoutMS=app.config["MONGODB_TIMEOUT_MS"] / 1000,
)
