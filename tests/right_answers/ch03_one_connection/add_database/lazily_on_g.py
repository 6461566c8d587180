"""A cached_property on the class of g, as in chapter 5."""

from werkzeug.utils import cached_property

class Lazy(app.app_ctx_globals_class):
    @cached_property
    def conn(self):
        return connect()

app.app_ctx_globals_class = Lazy

def get_conn():
    return g.conn

@app.after_request
def tell(response):
    response.headers["X-Database"] = "used" if "conn" in g else "unused"
    return response

@app.teardown_appcontext
def close_conn(exc):
    conn = g.pop("conn", None)
    if conn is not None:
        conn.close()

app.extensions["get_conn"] = get_conn
