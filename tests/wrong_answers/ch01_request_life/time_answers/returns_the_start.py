"""What a before_request function returns becomes the response. Return nothing there."""

@app.before_request
def start_clock():
    g.started = perf_counter()
    return str(g.started)

@app.after_request
def add_milliseconds(response):
    seconds = perf_counter() - g.started if "started" in g else 0
    response.headers["X-Milliseconds"] = f"{seconds * 1000:.3f}"
    return response
