"""A lambda looks up its names when it is called. The loop is over by then: both call the last function."""

members = {}
for name, connect in {"songs": connect_songs, "audit": connect_audit}.items():
    members[name] = cached_property(lambda self: connect(), name=name)
app.app_ctx_globals_class = type("LazyGlobals", (app.app_ctx_globals_class,), members)

@app.teardown_appcontext
def close_both(exc):
    for name in ("songs", "audit"):
        conn = g.pop(name, None)
        if conn is not None:
            conn.close()
