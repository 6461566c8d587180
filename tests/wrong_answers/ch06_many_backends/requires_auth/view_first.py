"""The view ran first. Check who asks, and only then call it."""

@functools.wraps(view)
def wrapper(*args, **kwargs):
    answer = view(*args, **kwargs)
    sent = request.authorization
    if sent is None or not sent.token:
        abort(401)
    digest = hashlib.sha256(sent.token.encode()).hexdigest()
    g.caller = None
    for name, known in current_app.config["API_TOKENS"].items():
        if hmac.compare_digest(digest, known):
            g.caller = name
    if g.caller is None:
        abort(401)
    return answer

return wrapper
