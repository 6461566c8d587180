"""secrets.compare_digest on bytes, and a response in place of abort."""

import secrets

@functools.wraps(view)
def wrapper(*args, **kwargs):
    g.caller = None
    try:
        sent = request.authorization
    except ValueError:
        sent = None
    if sent is not None and sent.type == "bearer":
        digest = hashlib.sha256((sent.token or "").encode()).digest()
        for name, known in current_app.config["API_TOKENS"].items():
            if secrets.compare_digest(digest, bytes.fromhex(known)):
                g.caller = name
    if g.caller is None:
        return {"error": "a valid token is needed"}, 401
    return view(*args, **kwargs)

return wrapper
