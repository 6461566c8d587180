"""Signals begin and end the clock."""

from flask import request_started, request_tearing_down

def start(sender, **extra):
    g.started = perf_counter()

def tell_time(sender, **extra):
    started = g.pop("started", None)
    if started:
        app.logger.info("took %.3f seconds", perf_counter() - started)

request_started.connect(start, app, weak=False)
request_tearing_down.connect(tell_time, app, weak=False)

@app.teardown_appcontext
def close_conn(exc):
    conn = g.pop("conn", None)
    try:
        if conn is not None:
            conn.close()
    except Exception:
        app.logger.exception("the connection did not close cleanly")
