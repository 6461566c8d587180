"""An ExitStack in g."""

app = Flask("shop")
def get_backend(name):
    if "stack" not in g:
        g.stack, g.opened = ExitStack(), {}
    if name not in g.opened:
        g.opened[name] = connect()
        g.stack.callback(g.opened[name].close)
    return g.opened[name]
@app.teardown_appcontext
def close_all(exc):
    stack = g.pop("stack", None)
    g.pop("opened", None)
    if stack:
        try:
            stack.close()
        except Exception:
            app.logger.exception("closing")
app.extensions["get_backend"] = get_backend
return app
