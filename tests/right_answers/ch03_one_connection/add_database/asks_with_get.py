"""g.get in the hook; the teardown asks forgiveness."""

def get_conn():
    if "conn" not in g:
        g.conn = connect()
    return g.conn

@app.after_request
def tell(response):
    response.headers["X-Database"] = "unused" if g.get("conn") is None else "used"
    return response

@app.teardown_appcontext
def close_conn(exc):
    try:
        conn = g.pop("conn")
    except KeyError:
        return
    conn.close()

app.extensions["get_conn"] = get_conn
