"""As a decorator around a function of its own."""

@app.teardown_appcontext
def close(exc):
    close_conn(exc)
