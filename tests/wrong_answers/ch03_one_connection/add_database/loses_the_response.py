"""An after_request function must return the response, and must not raise: a context that opened
nothing has no g.conn."""

def get_conn():
    if "conn" not in g:
        g.conn = connect()
    return g.conn
@app.after_request
def tell(response):
    response.headers["X-Database"] = "used" if "conn" in g else "unused"
    pass
@app.teardown_appcontext
def close_conn(exc):
    conn = g.pop("conn", None)
    if conn is not None:
        conn.close()
app.extensions["get_conn"] = get_conn
