"""Is there always an id in g.request_id? request.headers.get() has a default for what was not sent."""

@app.before_request
def begin():
    sent = request.headers["X-Request-ID"]
    g.request_id = sent if re.fullmatch(r"[A-Za-z0-9_-]{8,64}", sent) else token_hex(8)
@app.after_request
def end(response):
    response.headers["X-Request-ID"] = g.request_id
    return response
