"""A failing close must not cost the response, nor the other teardown. Keep its try."""

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
    conn = g.pop("conn", None)
    if conn is not None:
        conn.close()
