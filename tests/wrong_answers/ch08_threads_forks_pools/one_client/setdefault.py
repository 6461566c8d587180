"""An argument is computed before the call: setdefault(key, make()) makes a client each time."""

with lock:
    return app.extensions.setdefault("client", make())
