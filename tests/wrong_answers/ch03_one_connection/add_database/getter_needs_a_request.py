"""A command has no request. Leave the header to after_request, and let the getter only open and
keep."""

from flask import after_this_request
def get_conn():
    if "conn" not in g:
        g.conn = connect()
        @after_this_request
        def tell(response):
            response.headers["X-Database"] = "used"
            return response
    return g.conn
app.extensions["get_conn"] = get_conn
@app.after_request
def unused(response):
    response.headers.setdefault("X-Database", "unused")
    return response
@app.teardown_appcontext
def close(exc):
    if "conn" in g:
        g.pop("conn").close()
