"""init_app runs while the app is made, and no app is the current one yet. Use app."""

current_app.extensions["mongo"] = MongoClient(
    current_app.config["MONGODB_URI"],
    connect=False,
    timeoutMS=current_app.config["MONGODB_TIMEOUT_MS"],
)
