"""The g of this app has no conn. Which class is it made from?"""

class Lazy(app.app_ctx_globals_class):
    @cached_property
    def conn(self):
        return connect()


def close_conn(exc):
    conn = g.pop("conn", None)
    if conn is not None:
        conn.close()


app.teardown_appcontext(close_conn)
