"""A context that opened nothing has no g.conn. Ask g for it with a default."""

def get_conn():
    if "conn" not in g:
        g.conn = connect()
    return g.conn

@app.after_request
def tell(response):
    response.headers["X-Database"] = "used" if "conn" in g else "unused"
    return response

@app.teardown_appcontext
def close_conn(exc):
    g.conn.close()

app.extensions["get_conn"] = get_conn
