"""Capital letters and _ fit as well: A-Z, a-z, 0-9, _ and -."""

@app.before_request
def begin():
    sent = request.headers.get("X-Request-ID", "")
    g.request_id = sent if re.fullmatch(r"[a-z0-9_-]{8,64}", sent) else token_hex(8)
@app.after_request
def end(response):
    response.headers["X-Request-ID"] = g.request_id
    return response
