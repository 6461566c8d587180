"""A property keeps nothing. Which decorator keeps the result?"""

class LazyGlobals(app.app_ctx_globals_class):
    @property
    def songs(self):
        return connect_songs()

    @property
    def audit(self):
        return connect_audit()


app.app_ctx_globals_class = LazyGlobals

@app.teardown_appcontext
def close_both(exc):
    for name in ("songs", "audit"):
        conn = g.pop(name, None)
        if conn is not None:
            conn.close()
