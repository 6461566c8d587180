"""It is to be in the response too: after_request can set a header."""

@app.before_request
def begin():
    sent = request.headers.get("X-Request-ID", "")
    g.request_id = sent if re.fullmatch("[A-Za-z0-9_-]{8,64}", sent) else token_hex(8)
