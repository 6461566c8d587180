"""A hook in front of yours may return a response. Then yours does not run, and the teardown does."""

@app.before_request
def start():
    g.started = perf_counter()

@app.teardown_appcontext
def close_conn(exc):
    conn = g.pop("conn", None)
    try:
        if conn is not None:
            conn.close()
    except Exception:
        app.logger.exception("the connection did not close cleanly")

@app.teardown_request
def tell_time(exc):
    app.logger.info("took %.3f seconds", perf_counter() - g.pop("started"))
