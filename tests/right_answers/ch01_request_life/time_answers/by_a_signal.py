"""The clock starts with the signal request_started, before every hook."""

from flask import request_started

def start_clock(app, **extra):
    g.started = perf_counter()

request_started.connect(start_clock, app, weak=False)

@app.after_request
def add_milliseconds(response):
    response.headers["X-Milliseconds"] = str((perf_counter() - g.started) * 1000)
    return response
