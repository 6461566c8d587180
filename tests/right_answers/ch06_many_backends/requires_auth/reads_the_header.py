"""Reads the header by itself."""

@functools.wraps(view)
def wrapper(**kwargs):
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        abort(401)
    digest = hashlib.sha256(token.strip().encode()).hexdigest()
    names = [name for name, known in current_app.config["API_TOKENS"].items() if hmac.compare_digest(known, digest)]
    if not names:
        abort(401)
    g.caller, = names
    return view(**kwargs)

return wrapper
