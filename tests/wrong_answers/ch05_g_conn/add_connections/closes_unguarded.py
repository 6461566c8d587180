"""An exception ends the loop that it is in. Give each close a try of its own, as in chapter 4."""

class Lazy(app.app_ctx_globals_class):
    @cached_property
    def songs(self):
        return connect_songs()
    @cached_property
    def audit(self):
        return connect_audit()
app.app_ctx_globals_class = Lazy

@app.teardown_appcontext
def close(exc):
    for name in ("songs", "audit"):
        conn = g.pop(name, None)
        if conn is not None:
            conn.close()
