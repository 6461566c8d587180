"""Every caller in API_TOKENS may come in, and the view's answer is yours to return."""

@functools.wraps(view)
def wrapper(*args, **kwargs):
    sent = request.authorization
    if sent is None or not sent.token:
        abort(401)
    digest = hashlib.sha256(sent.token.encode()).hexdigest()
    for name, known in current_app.config["API_TOKENS"].items():
        if not hmac.compare_digest(digest, known):
            abort(401)
        g.caller = name
        return view(*args, **kwargs)

return wrapper
