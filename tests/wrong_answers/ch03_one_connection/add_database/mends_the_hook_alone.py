"""The teardown calls the getter too, and a getter opens. g.pop takes out what is there."""

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
    get_conn().close()

app.extensions["get_conn"] = get_conn
