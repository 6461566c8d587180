"""The class is as old as the app. Keep the connection on self, which is this context's g."""

class Lazy(app.app_ctx_globals_class):
    kept = None

    @property
    def conn(self):
        if Lazy.kept is None:
            Lazy.kept = connect()
        return Lazy.kept


app.app_ctx_globals_class = Lazy
