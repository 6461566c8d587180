"""Something outside the app keeps the client. Make one in each call, and keep it with its app."""

global mongo
if "mongo" not in globals():
    mongo = MongoClient(
        app.config["MONGODB_URI"],
        connect=False,
        serverSelectionTimeoutMS=app.config["MONGODB_SELECTION_MS"],
    )
app.extensions["mongo"] = mongo
