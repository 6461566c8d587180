"""The view and the log need it too: make it before the request, and keep it in g."""

@app.after_request
def end(response):
    response.headers["X-Request-ID"] = token_hex(8)
    return response
