"""The teardown looks for songs and audit in g. Is each kept there under that name, and popped?"""

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
    for name in ["songs"]:
        conn = g.pop(name, None)
        if conn is not None:
            conn.close()
