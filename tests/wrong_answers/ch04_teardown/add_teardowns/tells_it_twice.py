"""It is told more than once: one teardown is enough, and a start that is told is taken out of g."""

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

def tell_time(exc):
    if "started" in g:
        app.logger.info("took %.3f seconds", perf_counter() - g.started)
app.teardown_request(tell_time)
app.teardown_appcontext(tell_time)
