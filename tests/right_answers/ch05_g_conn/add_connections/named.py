"""Lambdas, each with a name of its own."""

class LazyGlobals(app.app_ctx_globals_class):
    songs = cached_property(lambda self: connect_songs(), name="songs")
    audit = cached_property(lambda self: connect_audit(), name="audit")

app.app_ctx_globals_class = LazyGlobals

@app.teardown_appcontext
def close_both(exc):
    for name in ("songs", "audit"):
        conn = g.pop(name, None)
        if conn is not None:
            conn.close()
