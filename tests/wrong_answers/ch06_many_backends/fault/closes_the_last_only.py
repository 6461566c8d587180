"""A context may have opened several backends. Close all of them."""

app = Flask("shop")

def get_backend(name):
    backends = g.setdefault("backends", {})
    if name not in backends:
        backends[name] = g.last = connect()
    return backends[name]

@app.teardown_appcontext
def close_all(exc):
    last = g.pop("last", None)
    if last is not None:
        last.close()

app.extensions["get_backend"] = get_backend
return app
