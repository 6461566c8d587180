"""What you ask must belong to this request's context. What the app keeps remembers other requests."""

used = []

def get_conn():
    if "conn" not in g:
        g.conn = connect()
        used.append(True)
    return g.conn

@app.after_request
def tell(response):
    response.headers["X-Database"] = "used" if used else "unused"
    return response

@app.teardown_appcontext
def close_conn(exc):
    conn = g.pop("conn", None)
    if conn is not None:
        conn.close()

app.extensions["get_conn"] = get_conn
