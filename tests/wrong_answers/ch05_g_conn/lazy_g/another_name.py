"""It is kept in another place. cached_property keeps it in g under the name conn."""

class Lazy(app.app_ctx_globals_class):
    @property
    def conn(self):
        if "_conn" not in self:
            self._conn = connect()
        return self._conn


def close_conn(exc):
    conn = g.pop("_conn", None)
    if conn is not None:
        conn.close()


app.teardown_appcontext(close_conn)
app.app_ctx_globals_class = Lazy
