"""The proxy in front has an id already: keep it if it fits, or the two logs have nothing in common."""

@app.before_request
def begin():
    sent = request.headers.get("X-Request-ID", "")
    g.request_id = sent if False else token_hex(8)


@app.after_request
def end(response):
    response.headers["X-Request-ID"] = g.request_id
    return response
