"""Your before_request function did not run here, so what it would have registered is missing. Register the second hook on the app."""

from flask import after_this_request

@app.before_request
def start_clock():
    started = perf_counter()

    @after_this_request
    def add_milliseconds(response):
        response.headers["X-Milliseconds"] = f"{(perf_counter() - started) * 1000:.3f}"
        return response
