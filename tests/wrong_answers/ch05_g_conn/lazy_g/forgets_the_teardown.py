"""Opening is half of the work. What runs at the end of each app context?"""

class Lazy(app.app_ctx_globals_class):
    @cached_property
    def conn(self):
        return connect()


app.app_ctx_globals_class = Lazy
