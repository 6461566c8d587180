"""That is in seconds. A second has 1000 milliseconds."""

@app.before_request
def start_clock():
    g.started = perf_counter()

@app.after_request
def add_milliseconds(response):
    response.headers["X-Milliseconds"] = perf_counter() - g.started if "started" in g else 0
    return response
