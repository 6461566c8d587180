"""Every response has one, those of errors too. after_request sees all of them."""

@app.before_request
def begin():
    sent = request.headers.get("X-Request-ID", "")
    g.request_id = sent if re.fullmatch("[A-Za-z0-9_-]{8,64}", sent) else token_hex(8)


@app.after_request
def end(response):
    if response.status_code == 200:
        response.headers["X-Request-ID"] = g.request_id
    return response
