"""An id of 8 characters is long enough: from 8 to 64, both ends fit."""

@app.before_request
def begin():
    sent = request.headers.get("X-Request-ID", "")
    g.request_id = sent if re.fullmatch(r"[A-Za-z0-9_-]+", sent) and 8 < len(sent) <= 64 else token_hex(8)
@app.after_request
def end(response):
    response.headers["X-Request-ID"] = g.request_id
    return response
