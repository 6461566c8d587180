"""Most contexts have no g.conn. Take it out with g.pop and a default, and close it if it is
there."""

@app.before_request
def start():
    g.started = perf_counter()

@app.teardown_appcontext
def tell_time(exc):
    started = g.pop("started", None)
    if started is not None:
        app.logger.info("took %.3f seconds", perf_counter() - started)

@app.teardown_appcontext
def close_conn(exc):
    try:
        g.conn.close()
    except Exception:
        app.logger.exception("close")
