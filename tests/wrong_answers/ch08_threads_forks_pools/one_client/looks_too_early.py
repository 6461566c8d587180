"""They looked first and waited for the lock then. Look when you have the lock."""

if "client" not in app.extensions:
    with lock:
        app.extensions["client"] = make()
return app.extensions["client"]
