"""Your function ran, and did not close. Do not ask for the argument: hand it on."""

@app.teardown_appcontext
def close(exc):
    if exc is None:
        close_conn(exc)
