"""Open what is asked for, when it is asked for, and nothing before."""

app = Flask("shop")

def get_backend(name):
    backends = g.setdefault("backends", {})
    for each in ("records", "reviews"):
        if each not in backends:
            backends[each] = connect()
    return backends[name]

@app.teardown_appcontext
def close_all(exc):
    for connection in g.pop("backends", {}).values():
        connection.close()

app.extensions["get_backend"] = get_backend
return app
