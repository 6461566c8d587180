"""Times in teardown_request, which commands do not have, and asks g first."""

@app.before_request
def start():
    g.started = perf_counter()

@app.teardown_request
def tell_time(exc):
    if g.get("started"):
        app.logger.info("took %.3f seconds", perf_counter() - g.pop("started"))

@app.teardown_appcontext
def close_conn(exc):
    conn = g.pop("conn", None)
    try:
        if conn is not None:
            conn.close()
    except Exception:
        app.logger.exception("the connection did not close cleanly")
