"""A-z is more than letters: [ and ^ stand between Z and a. Write A-Za-z."""

@app.before_request
def begin():
    sent = request.headers.get("X-Request-ID", "")
    g.request_id = sent if re.fullmatch(r"[A-z0-9-]{8,64}", sent) else token_hex(8)
@app.after_request
def end(response):
    response.headers["X-Request-ID"] = g.request_id
    return response
