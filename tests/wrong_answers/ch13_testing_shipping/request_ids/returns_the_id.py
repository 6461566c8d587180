"""What a before_request function returns becomes the response, and no view runs: let it return nothing."""

@app.before_request
def begin():
    sent = request.headers.get("X-Request-ID", "")
    g.request_id = sent if re.fullmatch(r"[A-Za-z0-9_-]{8,64}", sent) else token_hex(8)
    return g.request_id
@app.after_request
def end(response):
    response.headers["X-Request-ID"] = g.request_id
    return response
