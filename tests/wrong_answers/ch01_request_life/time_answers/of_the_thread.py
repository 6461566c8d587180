"""That is the start of an earlier request, which this thread or URL has kept. g is new in each request."""

import threading

local = threading.local()

@app.before_request
def start_clock():
    local.started = perf_counter()

@app.after_request
def add_milliseconds(response):
    seconds = perf_counter() - local.started if hasattr(local, "started") else 0
    response.headers["X-Milliseconds"] = f"{seconds * 1000:.3f}"
    return response
