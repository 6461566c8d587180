"""Views say g.conn, without parentheses: mark the method as a cached_property."""

class Lazy(app.app_ctx_globals_class):
    def conn(self):
        return connect()


def close_conn(exc):
    conn = g.pop("conn", None)
    if conn is not None:
        conn.close()


app.teardown_appcontext(close_conn)
app.app_ctx_globals_class = Lazy
