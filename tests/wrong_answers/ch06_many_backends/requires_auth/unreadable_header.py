"""request.authorization raises ValueError where Werkzeug cannot read it. That is a stranger, too."""

@functools.wraps(view)
def wrapper(*args, **kwargs):
    sent = request.authorization
    if sent is None or sent.type != "bearer" or not sent.token:
        abort(401)
    digest = hashlib.sha256(sent.token.encode()).hexdigest()
    g.caller = None
    for name, known in current_app.config["API_TOKENS"].items():
        if hmac.compare_digest(digest, known):
            g.caller = name
    if g.caller is None:
        abort(401)
    return view(*args, **kwargs)

return wrapper
