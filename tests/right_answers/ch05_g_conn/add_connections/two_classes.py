"""One class for each, on top of each other, and two teardowns."""

for name, connect in (("songs", connect_songs), ("audit", connect_audit)):
    def fetch(self, connect=connect):
        return connect()

    def close(exc, name=name):
        conn = g.pop(name, None)
        if conn is not None:
            conn.close()

    fetch.__name__ = name
    added = {name: cached_property(fetch)}
    app.app_ctx_globals_class = type("Lazy", (app.app_ctx_globals_class,), added)
    app.teardown_appcontext(close)
