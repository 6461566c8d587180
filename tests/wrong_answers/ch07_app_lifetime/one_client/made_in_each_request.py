"""Who makes a client in each request? It is made once, when init_app is called."""

def connect():
    app.extensions["mongo"] = MongoClient(
        app.config["MONGODB_URI"],
        connect=False,
        timeoutMS=app.config["MONGODB_TIMEOUT_MS"],
    )

connect()
app.before_request(connect)
