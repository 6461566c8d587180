"""With another scheme than bearer there may be no token: then it is None. Ask for the type first."""

@functools.wraps(view)
def wrapper(*args, **kwargs):
    if request.authorization is None:
        abort(401)
    sent = hashlib.sha256(request.authorization.token.encode()).hexdigest()
    for name, known in current_app.config["API_TOKENS"].items():
        if hmac.compare_digest(sent, known):
            g.caller = name
            return view(*args, **kwargs)
    abort(401)
return wrapper
