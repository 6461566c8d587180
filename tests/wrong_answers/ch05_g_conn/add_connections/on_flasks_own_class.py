"""You changed Flask's own class. Make a subclass of it, and give that to this app."""

for name, connect in {"songs": connect_songs, "audit": connect_audit}.items():
    setattr(app.app_ctx_globals_class, name, cached_property(lambda self, c=connect: c(), name=name))

@app.teardown_appcontext
def close(exc):
    for name in ("songs", "audit"):
        conn = g.pop(name, None)
        try:
            if conn is not None:
                conn.close()
        except Exception:
            app.logger.exception("close")
