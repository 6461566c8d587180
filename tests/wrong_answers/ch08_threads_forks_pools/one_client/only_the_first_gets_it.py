"""Return the client, whoever made it: what make() returned, now or earlier."""

with lock:
    if "client" not in app.extensions:
        app.extensions["client"] = make()
        return app.extensions["client"]
