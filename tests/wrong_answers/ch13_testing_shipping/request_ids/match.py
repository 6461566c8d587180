"""A blank is none of the characters. Does your pattern look at all of the text? fullmatch does."""

@app.before_request
def begin():
    sent = request.headers.get("X-Request-ID", "")
    g.request_id = sent if len(sent) <= 64 and re.match("[A-Za-z0-9_-]{8,64}", sent) else token_hex(8)


@app.after_request
def end(response):
    response.headers["X-Request-ID"] = g.request_id
    return response
