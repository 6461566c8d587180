"""The hook is put before all others."""

def start_clock():
    g.started = perf_counter()

app.before_request_funcs.setdefault(None, []).insert(0, start_clock)

@app.after_request
def add_milliseconds(response):
    response.headers["X-Milliseconds"] = f"{(perf_counter() - g.started) * 1000:.2f}"
    return response
