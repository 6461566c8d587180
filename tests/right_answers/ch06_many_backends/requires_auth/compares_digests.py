"""compares bytes, and returns a response of its own"""

@functools.wraps(view)
def wrapper(*args, **kwargs):
    try:
        auth = request.authorization
    except ValueError:
        auth = None
    token = auth.token if auth and auth.type == "bearer" else None
    sent = hashlib.sha256((token or "").encode()).digest()
    tokens = current_app.config["API_TOKENS"]
    found = [name for name in tokens if hmac.compare_digest(sent, bytes.fromhex(tokens[name]))]
    if not token or not found:
        return {"error": "unauthorized"}, 401, {"WWW-Authenticate": "Bearer"}
    g.caller = found[0]
    return current_app.ensure_sync(view)(*args, **kwargs)
return wrapper
