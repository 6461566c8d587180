"""A dict of the app, with the context as its key."""

from flask.globals import app_ctx

app, opened = Flask("shop"), {}

def get_backend(name):
    mine = opened.setdefault(app_ctx._get_current_object(), {})
    if name not in mine:
        mine[name] = connect()
    return mine[name]

@app.teardown_appcontext
def close_all(exc):
    for connection in reversed(opened.pop(app_ctx._get_current_object(), {}).values()):
        connection.close()

app.extensions["get_backend"] = get_backend
return app
