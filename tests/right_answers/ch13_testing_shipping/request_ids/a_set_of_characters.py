"""a set of characters in place of a pattern"""

import string
ALLOWED = set(string.ascii_letters + string.digits + "_-")
def begin():
    sent = request.headers.get("X-Request-ID", "")
    g.request_id = sent if 8 <= len(sent) <= 64 and set(sent) <= ALLOWED else token_hex(16)
def end(response):
    response.headers.update({"X-Request-ID": g.request_id})
    return response
app.before_request(begin)
app.after_request(end)
