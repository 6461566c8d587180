"""Nothing closed it at the end of its context."""

def get_conn():
    if "conn" not in g:
        g.conn = connect()
    return g.conn

@app.after_request
def tell(response):
    response.headers["X-Database"] = "used" if "conn" in g else "unused"
    return response

app.extensions["get_conn"] = get_conn
