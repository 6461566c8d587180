"""Requests run at the same time, and share that variable. g belongs to one request."""

started = None

@app.before_request
def start_clock():
    nonlocal started
    started = perf_counter()

@app.after_request
def add_milliseconds(response):
    seconds = perf_counter() - started if started else 0
    response.headers["X-Milliseconds"] = seconds * 1000
    return response
