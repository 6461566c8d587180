"""A command has no request. Close in the teardown of the app context."""

def get_conn():
    if "conn" not in g:
        g.conn = connect()
    return g.conn

@app.after_request
def tell(response):
    response.headers["X-Database"] = "used" if "conn" in g else "unused"
    return response

@app.teardown_request
def close_conn(exc):
    conn = g.pop("conn", None)
    if conn is not None:
        conn.close()

app.extensions["get_conn"] = get_conn
