"""Kept on the request in the place of g."""

@app.before_request
def start_clock():
    request.started = perf_counter()

@app.after_request
def add_milliseconds(response):
    started = getattr(request, "started", None)
    response.headers["X-Milliseconds"] = 0 if started is None else round((perf_counter() - started) * 1000)
    return response
