"""403 is for somebody who is known and may not. Nobody knows who this is: 401."""

@functools.wraps(view)
def wrapper(*args, **kwargs):
    auth = request.authorization
    sent = hashlib.sha256(auth.token.encode()).hexdigest() if auth and auth.type == "bearer" and auth.token else ""
    for name, known in current_app.config["API_TOKENS"].items():
        if hmac.compare_digest(sent, known):
            g.caller = name
            return view(*args, **kwargs)
    abort(403)
return wrapper
