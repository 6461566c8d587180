"""Other schemes carry a token too. This API speaks bearer: look at request.authorization.type."""

@functools.wraps(view)
def wrapper(*args, **kwargs):
    try:
        sent = request.authorization
    except ValueError:
        abort(401)
    if sent is None or not sent.token:
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
