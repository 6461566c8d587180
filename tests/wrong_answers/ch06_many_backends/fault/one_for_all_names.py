"""Two names were given one connection. Keep each under its own name."""

app = Flask("shop")
def get_backend(name):
    if "backend" not in g:
        g.backend = connect()
    return g.backend
@app.teardown_appcontext
def close_all(exc):
    if "backend" in g:
        g.pop("backend").close()
app.extensions["get_backend"] = get_backend
return app
