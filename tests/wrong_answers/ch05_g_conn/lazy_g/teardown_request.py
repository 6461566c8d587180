"""Commands have no request. Close in the teardown of the app context."""

class Lazy(app.app_ctx_globals_class):
    @cached_property
    def conn(self):
        return connect()


@app.teardown_request
def close_conn(exc):
    conn = g.pop("conn", None)
    if conn is not None:
        conn.close()


app.app_ctx_globals_class = Lazy
