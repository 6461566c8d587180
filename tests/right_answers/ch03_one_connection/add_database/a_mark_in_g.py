"""A mark of its own in g, and an ExitStack that closes."""

from contextlib import ExitStack

def get_conn():
    if "used" not in g:
        g.used, g.stack = True, ExitStack()
        g.conn = connect()
        g.stack.callback(g.conn.close)
    return g.conn

@app.after_request
def tell(response):
    response.headers["X-Database"] = "used" if hasattr(g, "used") else "unused"
    return response

@app.teardown_appcontext
def close_conn(exc):
    if "stack" in g:
        g.pop("stack").close()

app.extensions["get_conn"] = get_conn
