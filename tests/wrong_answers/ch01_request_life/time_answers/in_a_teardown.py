"""Only one kind of hook gets the response, and changes it before it is sent: after_request."""

@app.before_request
def start_clock():
    g.started = perf_counter()

@app.teardown_request
def add_milliseconds(exc):
    response = app.make_response("")
    response.headers["X-Milliseconds"] = (perf_counter() - g.started) * 1000
