"""Closes without a guard, as the broken shop does: its fault is another one."""

app = Flask("shop")
def get_backend(name):
    opened = g.setdefault("opened", {})
    if name not in opened:
        opened[name] = connect()
    return opened[name]
@app.teardown_appcontext
def close_all(exc):
    for c in g.pop("opened", {}).values():
        c.close()
app.extensions["get_backend"] = get_backend
return app
