"""Two calls in one context, two connections: keep the first one in g."""

def get_conn():
    g.conn = connect()
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
