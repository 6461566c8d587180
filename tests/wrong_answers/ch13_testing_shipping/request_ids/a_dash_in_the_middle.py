"""A - between two characters of a set means all from the one to the other: write it last."""

@app.before_request
def begin():
    sent = request.headers.get("X-Request-ID", "")
    g.request_id = sent if re.fullmatch(r"[A-Za-z0-9+-_]{8,64}", sent) else token_hex(8)
@app.after_request
def end(response):
    response.headers["X-Request-ID"] = g.request_id
    return response
