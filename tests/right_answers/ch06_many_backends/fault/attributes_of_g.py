"""One attribute of g for each backend."""

app = Flask("shop")

def get_backend(name):
    if name not in g:
        setattr(g, name, connect())
    return g.get(name)

@app.teardown_appcontext
def close_all(exc):
    for name in list(g):
        g.pop(name).close()

app.extensions["get_backend"] = get_backend
return app
