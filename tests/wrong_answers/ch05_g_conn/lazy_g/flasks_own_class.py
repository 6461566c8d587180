"""You changed Flask's own class. Make a subclass of it, and give that to this app."""

app.app_ctx_globals_class.conn = property(lambda self: connect())


def close_conn(exc):
    conn = g.pop("conn", None)
    if conn is not None:
        conn.close()


app.teardown_appcontext(close_conn)
