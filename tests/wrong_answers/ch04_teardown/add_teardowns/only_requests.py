"""A teardown raised, and the later one was skipped; or it asks for something that only requests have."""

@app.before_request
def start():
    g.started = perf_counter()

@app.teardown_request
def close_conn(exc):
    conn = g.pop("conn", None)
    try:
        if conn is not None:
            conn.close()
    except Exception:
        app.logger.exception("the connection did not close cleanly")

@app.teardown_appcontext
def tell_time(exc):
    started = g.pop("started", None)
    if started is not None:
        app.logger.info("took %.3f seconds", perf_counter() - started)
