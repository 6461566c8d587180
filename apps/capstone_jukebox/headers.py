"""Headers that tell a browser what it need not do with our pages."""

HEADERS = {
    # Scripts, styles, pictures and data from here alone, nothing inline, in nobody's frame.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    # JSON stays JSON, whatever it looks like.
    "X-Content-Type-Options": "nosniff",
    # Our URLs are told to nobody.
    "Referrer-Policy": "same-origin",
}


def add(response):
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def init_app(app):
    app.after_request(add)
