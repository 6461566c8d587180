"""Flask calls app_ctx_globals_class for each context: give it the class, not one object of it."""

class Lazy(app.app_ctx_globals_class):
    @cached_property
    def conn(self):
        return connect()
one = Lazy()
app.app_ctx_globals_class = lambda: one

@app.teardown_appcontext
def close(exc):
    conn = g.pop("conn", None)
    if conn is not None:
        conn.close()
