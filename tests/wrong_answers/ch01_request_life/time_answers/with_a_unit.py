"""Write the number only, without a unit."""

@app.before_request
def start_clock():
    g.started = perf_counter()

@app.after_request
def add_milliseconds(response):
    seconds = perf_counter() - g.started if "started" in g else 0
    response.headers["X-Milliseconds"] = f"{seconds * 1000:.1f} ms"
    return response
