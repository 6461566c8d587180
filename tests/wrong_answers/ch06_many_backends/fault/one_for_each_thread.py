"""The connection is kept where both contexts see it: with the app, or with the thread."""

import threading

app, local = Flask("shop"), threading.local()

def get_backend(name):
    if not hasattr(local, "opened"):
        local.opened = {}
    if name not in local.opened:
        local.opened[name] = connect()
    return local.opened[name]

@app.teardown_appcontext
def close_all(exc):
    for connection in local.__dict__.pop("opened", {}).values():
        connection.close()

app.extensions["get_backend"] = get_backend
return app
