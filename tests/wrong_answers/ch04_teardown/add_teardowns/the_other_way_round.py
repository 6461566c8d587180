"""Closing first hides the leak. The other teardown still raises where before_request has not run."""

@app.before_request
def start():
    g.started = perf_counter()

@app.teardown_appcontext
def tell_time(exc):
    app.logger.info("took %.3f seconds", perf_counter() - g.started)

@app.teardown_appcontext
def close_conn(exc):
    conn = g.pop("conn", None)
    try:
        if conn is not None:
            conn.close()
    except Exception:
        app.logger.exception("the connection did not close cleanly")
