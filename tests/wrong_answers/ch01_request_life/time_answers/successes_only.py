"""after_request runs for errors too: do not look at the status."""

@app.before_request
def start_clock():
    g.started = perf_counter()

@app.after_request
def add_milliseconds(response):
    if response.status_code == 200:
        response.headers["X-Milliseconds"] = (perf_counter() - g.started) * 1000
    return response
