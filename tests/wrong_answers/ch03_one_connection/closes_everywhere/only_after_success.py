"""Choose a hook that also runs when the view raised."""

app.teardown_appcontext(lambda exc: close_conn(exc) if exc is None else None)
