"""A stranger may send any letters. token.encode() takes all of them, and hashes compare as ASCII."""

@functools.wraps(view)
def wrapper(*args, **kwargs):
    a = request.authorization
    if a and a.type == "bearer" and a.token:
        try:
            h = hashlib.sha256(a.token.encode("ascii")).hexdigest()
        except UnicodeEncodeError:
            abort(500)
        for name, known in current_app.config["API_TOKENS"].items():
            if hmac.compare_digest(h, known):
                g.caller = name
                return view(*args, **kwargs)
    abort(401)
return wrapper
