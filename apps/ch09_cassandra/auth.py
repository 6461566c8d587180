"""Who may write: whoever sends the token."""

from functools import wraps
from hmac import compare_digest

from flask import abort, current_app, request
from werkzeug.datastructures import WWWAuthenticate


def keepers_only(view):
    @wraps(view)
    def checked(*args, **kwargs):
        sent = request.headers.get("Authorization", "")
        expected = f"Bearer {current_app.config['API_TOKEN']}"
        # Takes equally long wherever the first difference is.
        if not compare_digest(sent.encode(), expected.encode()):
            abort(401, www_authenticate=WWWAuthenticate("bearer"))
        return view(*args, **kwargs)

    return checked
