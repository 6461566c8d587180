"""Who is asking, and which database is theirs."""

import hashlib

from flask import abort, g, request
from werkzeug.datastructures import WWWAuthenticate

from .mongo import get_client, get_shared_db

CHALLENGE = WWWAuthenticate("bearer", {"realm": "records"})


def hashed(token):
    """What is stored of a token. A long random token needs no slow hash; a password does."""
    return hashlib.sha256(token.encode()).hexdigest()


def sent_token():
    """The bearer token that came with this request, or None."""
    try:
        sent = request.authorization
    except ValueError:
        # Werkzeug cannot read a Basic header with letters that are not ASCII.
        return None
    if sent is None or sent.type != "bearer":
        return None
    return sent.token


def log_in():
    """Before a view: put the member and the member's database into g."""
    token = sent_token()
    g.member = get_shared_db().members.find_one({"token": hashed(token)}) if token else None
    if g.member is None:
        abort(401, www_authenticate=CHALLENGE)
    g.db = get_client()[g.member["db"]]
