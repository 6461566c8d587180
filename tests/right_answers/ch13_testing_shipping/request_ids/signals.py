"""uses Flask's signals in place of hooks"""

from flask import request_started


def begin(sender, **extra):
    sent = request.headers.get("X-Request-ID", "")
    fits = 8 <= len(sent) <= 64 and not re.search("[^A-Za-z0-9_-]", sent)
    g.request_id = sent if fits else token_hex(8)


request_started.connect(begin, app, weak=False)


@app.after_request
def end(response):
    response.headers["X-Request-ID"] = g.request_id
    return response
