"""The settings hold hashes. Hash what was sent, and compare the two hashes."""

@functools.wraps(view)
def wrapper(*args, **kwargs):
    sent = request.authorization
    if sent is None or not sent.token:
        abort(401)
    g.caller = None
    for name, known in current_app.config["API_TOKENS"].items():
        if hmac.compare_digest(sent.token, known):
            g.caller = name
    if g.caller is None:
        abort(401)
    return view(*args, **kwargs)

return wrapper
