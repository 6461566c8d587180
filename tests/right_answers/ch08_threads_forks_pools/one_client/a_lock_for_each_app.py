"""the one lock makes a lock for each app"""

with lock:
    mine = app.extensions.setdefault("client lock", Lock())
with mine:
    if "client" not in app.extensions:
        app.extensions["client"] = make()
return app.extensions["client"]
