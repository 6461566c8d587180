"""__del__ runs when the last reference is gone, whenever that is. Collection is not teardown."""

class LazyGlobals(app.app_ctx_globals_class):
    @cached_property
    def conn(self):
        return connect()

    def __del__(self):
        conn = self.pop("conn", None)
        if conn is not None:
            conn.close()

app.app_ctx_globals_class = LazyGlobals
