"""getattr, hasattr and g.conn all open it. g.pop takes out what is there, and opens nothing."""

class Lazy(app.app_ctx_globals_class):
    @cached_property
    def conn(self):
        return connect()


def close_conn(exc):
    conn = getattr(g, "conn", None)
    if conn is not None:
        conn.close()


app.teardown_appcontext(close_conn)
app.app_ctx_globals_class = Lazy
