"""Each attribute calls its own function: songs connect_songs, audit connect_audit."""

class LazyGlobals(app.app_ctx_globals_class):
    @cached_property
    def songs(self):
        return connect_audit()

    @cached_property
    def audit(self):
        return connect_songs()


app.app_ctx_globals_class = LazyGlobals

@app.teardown_appcontext
def close_both(exc):
    for name in ("songs", "audit"):
        conn = g.pop(name, None)
        if conn is not None:
            conn.close()
