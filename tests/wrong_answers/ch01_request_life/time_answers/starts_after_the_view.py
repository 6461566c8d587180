"""Start the clock before the view, in a before_request function."""

@app.after_request
def add_milliseconds(response):
    started = perf_counter()
    response.headers["X-Milliseconds"] = (perf_counter() - started) * 1000
    return response
