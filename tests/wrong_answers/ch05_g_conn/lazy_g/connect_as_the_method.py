"""A cached_property calls its function with self. connect takes no argument: write a method around it."""

class LazyGlobals(app.app_ctx_globals_class):
    conn = cached_property(connect)

def close_conn(exc):
    conn = g.pop("conn", None)
    if conn is not None:
        conn.close()

app.app_ctx_globals_class = LazyGlobals
app.teardown_appcontext(close_conn)
