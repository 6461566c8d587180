"""The cached_property of functools, on a class of Flask's name."""

import functools

from flask.ctx import _AppCtxGlobals

class LazyGlobals(_AppCtxGlobals):
    @functools.cached_property
    def conn(self):
        return connect()

def close_conn(exc):
    if "conn" in g:
        g.pop("conn").close()

app.app_ctx_globals_class = LazyGlobals
app.teardown_appcontext(close_conn)
