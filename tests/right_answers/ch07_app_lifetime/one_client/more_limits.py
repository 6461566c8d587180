"""The older limits too, and the end of the process."""

import atexit

milliseconds = app.config["MONGODB_TIMEOUT_MS"]
client = MongoClient(
    host=app.config["MONGODB_URI"],
    connect=False,
    timeoutMS=milliseconds,
    serverSelectionTimeoutMS=milliseconds,
    socketTimeoutMS=milliseconds,
    maxPoolSize=10,
)
app.extensions["mongo"] = client
atexit.register(client.close)
