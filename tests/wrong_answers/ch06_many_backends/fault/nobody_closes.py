"""Whatever a context has opened needs a teardown that closes it."""

app = Flask("shop")

def get_backend(name):
    backends = g.setdefault("backends", {})
    if name not in backends:
        backends[name] = connect()
    return backends[name]

@app.teardown_appcontext
def close_all(exc):
    g.pop("backends", None)

app.extensions["get_backend"] = get_backend
return app
