"""Both keep their connection under one name, the one that their function has: a lambda is called
<lambda>. Give each cached_property its name."""

members = {}
for name, connect in {"songs": connect_songs, "audit": connect_audit}.items():
    members[name] = cached_property(lambda self, connect=connect: connect())
class Lazy(app.app_ctx_globals_class):
    pass
for name, member in members.items():
    setattr(Lazy, name, member)
app.app_ctx_globals_class = Lazy

@app.teardown_appcontext
def close(exc):
    for name in ("songs", "audit"):
        conn = g.pop(name, None)
        try:
            if conn is not None:
                conn.close()
        except Exception:
            app.logger.exception("close")
