"""Others look for the client where it was promised: in app.extensions["mongo"]."""

app.mongo = MongoClient(
    app.config["MONGODB_URI"],
    connect=False,
    timeoutMS=app.config["MONGODB_TIMEOUT_MS"],
)
