"""URLs are kept in logs and histories. Take the token from the Authorization header alone."""

@functools.wraps(view)
def wrapper(*args, **kwargs):
    sent = request.authorization
    token = sent.token if sent else request.args.get("token")
    if not token:
        abort(401)
    digest = hashlib.sha256(token.encode()).hexdigest()
    g.caller = None
    for name, known in current_app.config["API_TOKENS"].items():
        if hmac.compare_digest(digest, known):
            g.caller = name
    if g.caller is None:
        abort(401)
    return view(*args, **kwargs)

return wrapper
