"""Something outside the app keeps the client. Make one in each call, and keep it with its app."""

global mongo
if "mongo" not in globals():
    mongo = MongoClient(
        app.config["MONGODB_URI"],
        connect=False,
        timeoutMS=app.config["MONGODB_TIMEOUT_MS"],
    )
app.extensions["mongo"] = mongo
