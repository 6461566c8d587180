"""The other hook responded first, so your clock was never started. Ask before you read it."""

@app.before_request
def start_clock():
    g.started = perf_counter()

@app.after_request
def add_milliseconds(response):
    response.headers["X-Milliseconds"] = (perf_counter() - g.started) * 1000
    return response
