"""The loop, with the function kept as a default."""

members = {}
for name, connect in {"songs": connect_songs, "audit": connect_audit}.items():
    members[name] = cached_property(lambda self, connect=connect: connect(), name=name)
app.app_ctx_globals_class = type("LazyGlobals", (app.app_ctx_globals_class,), members)

@app.teardown_appcontext
def close_both(exc):
    for name in members:
        if name in g:
            g.pop(name).close()
