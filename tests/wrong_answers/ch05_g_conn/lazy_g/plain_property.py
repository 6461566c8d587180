"""A property runs at each access and keeps nothing. Which decorator keeps the result?"""

class Lazy(app.app_ctx_globals_class):
    @property
    def conn(self):
        return connect()


def close_conn(exc):
    conn = g.pop("conn", None)
    if conn is not None:
        conn.close()


app.teardown_appcontext(close_conn)
app.app_ctx_globals_class = Lazy
