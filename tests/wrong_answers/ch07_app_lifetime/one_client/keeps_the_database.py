"""Keep the client itself: databases are chosen from it later, in the request."""

client = MongoClient(
    app.config["MONGODB_URI"],
    connect=False,
    timeoutMS=app.config["MONGODB_TIMEOUT_MS"],
)
app.extensions["mongo"] = client[app.config["MONGODB_DB"]]
