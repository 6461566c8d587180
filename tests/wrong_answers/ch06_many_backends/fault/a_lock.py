"""The teardown closes what it finds. It may only find what its own context has opened."""

from threading import Lock

lock = Lock()
app, opened = Flask("shop"), []

def get_backend(name):
    with lock:
        if name not in g:
            setattr(g, name, connect())
            opened.append(getattr(g, name))
        return getattr(g, name)

@app.teardown_appcontext
def close_all(exc):
    with lock:
        while opened:
            opened.pop().close()

app.extensions["get_backend"] = get_backend
return app
