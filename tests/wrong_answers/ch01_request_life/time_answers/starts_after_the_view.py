"""Start the clock before the view, in a before_request function, and with perf_counter:
process_time() does not count while a view waits."""

@app.after_request
def add_milliseconds(response):
    started = perf_counter()
    response.headers["X-Milliseconds"] = (perf_counter() - started) * 1000
    return response
