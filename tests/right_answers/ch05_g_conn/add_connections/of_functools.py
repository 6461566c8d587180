"""The cached_property of functools takes the name of the attribute."""

import functools

class LazyGlobals(app.app_ctx_globals_class):
    songs = functools.cached_property(lambda self: connect_songs())
    audit = functools.cached_property(lambda self: connect_audit())

app.app_ctx_globals_class = LazyGlobals

@app.teardown_appcontext
def close_both(exc):
    for name in list(g):
        if name in ("songs", "audit"):
            g.pop(name).close()
