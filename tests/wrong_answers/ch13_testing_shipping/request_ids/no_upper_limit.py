"""An id has at most 64 characters, or a visitor fills your log."""

@app.before_request
def begin():
    sent = request.headers.get("X-Request-ID", "")
    g.request_id = sent if re.fullmatch("[A-Za-z0-9_-]{8,}", sent) else token_hex(8)


@app.after_request
def end(response):
    response.headers["X-Request-ID"] = g.request_id
    return response
