"""Without a start there is nothing to subtract from: then the header says 0."""

@app.before_request
def start_clock():
    g.started = perf_counter()

@app.after_request
def add_milliseconds(response):
    response.headers["X-Milliseconds"] = (perf_counter() - g.get("started", 0)) * 1000
    return response
