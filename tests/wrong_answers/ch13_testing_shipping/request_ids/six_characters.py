"""An id that you make fits the same rule: token_hex(8) has 16 characters."""

@app.before_request
def begin():
    sent = request.headers.get("X-Request-ID", "")
    g.request_id = sent if re.fullmatch(r"[A-Za-z0-9_-]{8,64}", sent) else token_hex(3)
@app.after_request
def end(response):
    response.headers["X-Request-ID"] = g.request_id
    return response
