"""Flask calls a teardown function with one argument: the exception, or None."""

app.teardown_appcontext(lambda: close_conn(None))
