"""An id has at least 8 characters: count them, or let the pattern do it."""

@app.before_request
def begin():
    sent = request.headers.get("X-Request-ID", "")
    g.request_id = sent if sent else token_hex(8)


@app.after_request
def end(response):
    response.headers["X-Request-ID"] = g.request_id
    return response
