"""hasattr and getattr access the attribute, and that opens. g.pop takes out what is there."""

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
        if hasattr(g, name):
            g.pop(name).close()
