"""puts the id into the environ and the headers around the app, and g gets it from there"""

inner = app.wsgi_app


def with_id(environ, start_response):
    sent = environ.get("HTTP_X_REQUEST_ID", "")
    allowed = sent.isascii() and sent.replace("-", "").replace("_", "a").isalnum()
    environ["request_id"] = sent if allowed and 8 <= len(sent) <= 64 else token_hex(8)

    def start(status, headers, *exc_info):
        return start_response(status, [*headers, ("X-Request-ID", environ["request_id"])], *exc_info)

    return inner(environ, start)


app.wsgi_app = with_id


@app.before_request
def begin():
    g.request_id = request.environ["request_id"]
