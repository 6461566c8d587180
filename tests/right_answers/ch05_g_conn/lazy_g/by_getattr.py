"""A __getattr__ that connects when the dictionary has no conn."""

class LazyGlobals(app.app_ctx_globals_class):
    def __getattr__(self, name):
        if name == "conn":
            self.conn = connect()
            return self.conn
        return super().__getattr__(name)

app.app_ctx_globals_class = LazyGlobals

@app.teardown_appcontext
def close_conn(exc):
    conn = g.pop("conn", None)
    if conn is not None:
        try:
            conn.close()
        except Exception:
            app.logger.exception("not closed")
