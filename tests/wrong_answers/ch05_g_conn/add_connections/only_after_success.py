"""The argument of a teardown does not matter: close what is there."""

class LazyGlobals(app.app_ctx_globals_class):
    @cached_property
    def songs(self):
        return connect_songs()

    @cached_property
    def audit(self):
        return connect_audit()


app.app_ctx_globals_class = LazyGlobals

@app.teardown_appcontext
def close_both(exc):
    for name in ("songs", "audit"):
        conn = g.pop(name, None)
        if conn is not None and exc is None:
            conn.close()
