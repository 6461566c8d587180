"""bytes, sets and dicts are compared with == as well. Compare each known hash by hmac.compare_digest."""

@functools.wraps(view)
def wrapper(*args, **kwargs):
    try:
        sent = request.authorization
    except ValueError:
        abort(401)
    if sent is None or sent.type != "bearer" or not sent.token:
        abort(401)
    digest = hashlib.sha256(sent.token.encode()).digest()
    g.caller = None
    for name, known in current_app.config["API_TOKENS"].items():
        if digest == bytes.fromhex(known):
            g.caller = name
    if g.caller is None:
        abort(401)
    return view(*args, **kwargs)

return wrapper
