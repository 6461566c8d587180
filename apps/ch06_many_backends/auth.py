"""Who asks: a bearer token in the request, its hash in the settings."""

import functools
import hashlib
import hmac

from flask import current_app, g, request


def hashed(token):
    """What the settings keep of a token. A long random token needs no slow hash; a password does."""
    return hashlib.sha256(token.encode()).hexdigest()


def get_caller():
    """The name whose token came with this request, or None."""
    try:
        sent = request.authorization
    except ValueError:
        # Werkzeug cannot read a Basic header with letters that are not ASCII.
        return None
    if sent is None or sent.type != "bearer" or not sent.token:
        return None
    digest, found = hashed(sent.token), None
    for name, known in current_app.config["API_TOKENS"].items():
        # Takes as long for a near miss as for nonsense; == stops at the first difference.
        if hmac.compare_digest(digest, known):
            found = name
    return found


def requires_auth(view):
    """Let only known callers in, and leave their name in g.caller."""

    @functools.wraps(view)
    def wrapper(*args, **kwargs):
        g.caller = get_caller()
        if g.caller is None:
            return {"error": "a valid token is needed"}, 401, {"WWW-Authenticate": "Bearer"}
        return view(*args, **kwargs)

    return wrapper
