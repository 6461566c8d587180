"""A response in place of abort, and a challenge."""

@functools.wraps(view)
def inner(**kwargs):
    auth = request.authorization
    caller = None
    if auth is not None and auth.type == "bearer":
        digest = hashlib.sha256((auth.token or "").encode()).hexdigest()
        for name, expected in current_app.config["API_TOKENS"].items():
            if hmac.compare_digest(digest, expected):
                caller = name
    if caller is None:
        return {"error": "who are you?"}, 401, {"WWW-Authenticate": "Bearer"}
    g.caller = caller
    return view(**kwargs)
return inner
