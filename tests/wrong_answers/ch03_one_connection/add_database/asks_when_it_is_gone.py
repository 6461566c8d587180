"""A view has called the getter, and the header says no: ask g while the connection is in it."""

def get_conn():
    if "conn" not in g:
        g.conn = connect()
    return g.conn

@app.after_request
def tell(response):
    conn = g.pop("conn", None)
    if conn is not None:
        conn.close()
    response.headers["X-Database"] = "used" if "conn" in g else "unused"
    return response

app.extensions["get_conn"] = get_conn
