"""A teardown may run twice. Take the start out of g."""

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

@app.teardown_appcontext
def tell_time(exc):
    if "started" in g:
        app.logger.info("took %.3f seconds", perf_counter() - g.started)
