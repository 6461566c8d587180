"""next() over a generator."""

@functools.wraps(view)
def wrapped(*a, **kw):
    auth = request.authorization
    if not auth or auth.type != "bearer" or not auth.token:
        abort(401)
    given = hashlib.sha256(auth.token.encode("utf-8")).hexdigest().encode()
    tokens = current_app.config["API_TOKENS"].items()
    g.caller = next((n for n, t in tokens if hmac.compare_digest(t.encode(), given)), None)
    if g.caller is None:
        abort(401)
    return view(*a, **kw)
return wrapped
