"""registers the second half when the first one runs, which an error does not stop"""

from flask import after_this_request


@app.before_request
def begin():
    sent = request.headers.get("X-Request-ID", "")
    g.request_id = chosen = sent if re.fullmatch("[A-Za-z0-9_-]{8,64}", sent) else token_hex(16)

    @after_this_request
    def end(response):
        response.headers["X-Request-ID"] = chosen
        return response
