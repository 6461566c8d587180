"""an ExitStack in g closes what was opened"""

app = Flask("shop")
def get_backend(name):
    if "stack" not in g:
        g.stack, g.backends = ExitStack(), {}
    if name not in g.backends:
        g.backends[name] = connect()
        g.stack.callback(g.backends[name].close)
    return g.backends[name]
@app.teardown_appcontext
def close_all(exc):
    if "stack" in g:
        g.pop("backends")
        g.pop("stack").close()
app.extensions["get_backend"] = get_backend
return app
