"""Two requests for one URL at the same time share that entry. g belongs to one request."""

started = {}

@app.before_request
def start_clock():
    started[request.path] = perf_counter()

@app.after_request
def add_milliseconds(response):
    seconds = perf_counter() - started.get(request.path, perf_counter())
    if response.status_code == 503:
        seconds = 0
    response.headers["X-Milliseconds"] = f"{seconds * 1000:.3f}"
    return response
