"""Headers that tell a browser what it need not do with our pages."""

HEADERS = {
    # Nothing but what this site serves, in nobody's frame, and forms that lead home.
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; form-action 'self'",
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
