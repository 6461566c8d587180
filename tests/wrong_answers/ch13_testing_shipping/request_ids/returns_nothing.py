"""An after_request function hands the response on: return it."""

@app.before_request
def begin():
    sent = request.headers.get("X-Request-ID", "")
    g.request_id = sent if re.fullmatch(r"[A-Za-z0-9_-]{8,64}", sent) else token_hex(8)
@app.after_request
def end(response):
    response.headers["X-Request-ID"] = g.request_id
