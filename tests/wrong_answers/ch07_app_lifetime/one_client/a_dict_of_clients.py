"""Whoever closes the client of one app would close that of the other. Keep no dict of clients."""

clients = globals().setdefault("clients", {})
uri = app.config["MONGODB_URI"]
if uri not in clients:
    clients[uri] = MongoClient(uri, connect=False, timeoutMS=app.config["MONGODB_TIMEOUT_MS"])
app.extensions["mongo"] = clients[uri]
