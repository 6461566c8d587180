"""teardown_appcontext is the end of a request, not of the app. Close nothing there."""

client = MongoClient(
    app.config["MONGODB_URI"],
    connect=False,
    timeoutMS=app.config["MONGODB_TIMEOUT_MS"],
)
app.extensions["mongo"] = client
app.teardown_appcontext(lambda exc: client.close())
