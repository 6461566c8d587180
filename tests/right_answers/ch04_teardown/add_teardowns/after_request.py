"""The time is told in after_request, which commands do not have; the start is asked for."""

@app.before_request
def start():
    g.started = perf_counter()

@app.after_request
def tell_time(response):
    if "started" in g:
        app.logger.info("took %.3f seconds", perf_counter() - g.started)
    return response

@app.teardown_appcontext
def close_conn(exc):
    conn = g.pop("conn", None)
    try:
        if conn is not None:
            conn.close()
    except Exception:
        app.logger.exception("the connection did not close cleanly")
