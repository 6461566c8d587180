"""Commands have no request. Close in the teardown of the app context."""

class Lazy(app.app_ctx_globals_class):
    @cached_property
    def songs(self):
        return connect_songs()
    @cached_property
    def audit(self):
        return connect_audit()
app.app_ctx_globals_class = Lazy

@app.teardown_request
def close(exc):
    for name in ("songs", "audit"):
        conn = g.pop(name, None)
        try:
            if conn is not None:
                conn.close()
        except Exception:
            app.logger.exception("close")
