"""Make it in the hook, not when the app is made."""

new = token_hex(8)


@app.before_request
def begin():
    g.request_id = request.headers.get("X-Request-ID") or new


@app.after_request
def end(response):
    response.headers["X-Request-ID"] = g.request_id
    return response
