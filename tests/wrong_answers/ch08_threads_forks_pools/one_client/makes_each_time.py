"""Keep the client as app.extensions["client"], and look there before you make one."""

with lock:
    app.extensions["client"] = make()
    return app.extensions["client"]
