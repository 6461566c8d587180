"""Both attributes keep their result under one name. Which name does cached_property give it?"""

def lazy(connect):
    def conn(self):
        return connect()

    return cached_property(conn)

class LazyGlobals(app.app_ctx_globals_class):
    songs = lazy(connect_songs)
    audit = lazy(connect_audit)

app.app_ctx_globals_class = LazyGlobals

@app.teardown_appcontext
def close_both(exc):
    for name in ("songs", "audit"):
        conn = g.pop(name, None)
        if conn is not None:
            conn.close()
