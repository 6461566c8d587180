"""update_wrapper, and next() for the caller"""

def wrapper(*args, **kwargs):
    try:
        auth = request.authorization
    except ValueError:
        abort(401)
    token = auth.token if auth is not None and auth.type == "bearer" else None
    sent = hashlib.sha256(token.encode()).hexdigest() if token else ""
    caller = next((n for n, t in current_app.config["API_TOKENS"].items() if hmac.compare_digest(t, sent)), None)
    if caller is None:
        abort(401)
    g.caller = caller
    return view(*args, **kwargs)
return functools.update_wrapper(wrapper, view)
