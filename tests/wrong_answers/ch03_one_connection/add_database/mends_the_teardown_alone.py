"""Whoever calls the getter opens. To learn whether there is a connection, ask g, not the getter."""

def get_conn():
    if "conn" not in g:
        g.conn = connect()
    return g.conn

@app.after_request
def tell(response):
    response.headers["X-Database"] = "used" if get_conn().is_open() else "unused"
    return response

@app.teardown_appcontext
def close_conn(exc):
    conn = g.pop("conn", None)
    if conn is not None:
        conn.close()

app.extensions["get_conn"] = get_conn
