"""isalnum() and \\w take letters of every alphabet. Name the characters: A-Z, a-z, 0-9."""

@app.before_request
def begin():
    sent = request.headers.get("X-Request-ID", "")
    g.request_id = sent if re.fullmatch(r"[\w-]{8,64}", sent) else token_hex(8)


@app.after_request
def end(response):
    response.headers["X-Request-ID"] = g.request_id
    return response
