"""What does not fit is not mended: make a new one in its place."""

@app.before_request
def begin():
    sent = re.sub("[^A-Za-z0-9_-]", "", request.headers.get("X-Request-ID", ""))[:64]
    g.request_id = sent if len(sent) >= 8 else token_hex(8)


@app.after_request
def end(response):
    response.headers["X-Request-ID"] = g.request_id
    return response
