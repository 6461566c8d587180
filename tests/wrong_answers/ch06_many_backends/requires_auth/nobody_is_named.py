"""Leave the name that belongs to the token in g.caller before you call the view."""

@functools.wraps(view)
def wrapper(*args, **kwargs):
    sent = request.authorization
    if sent is None or not sent.token:
        abort(401)
    digest = hashlib.sha256(sent.token.encode()).hexdigest()
    known = current_app.config["API_TOKENS"].values()
    if not any(hmac.compare_digest(digest, each) for each in known):
        abort(401)
    return view(*args, **kwargs)

return wrapper
