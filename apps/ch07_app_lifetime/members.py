"""Who is asking, and which database is theirs."""

from secrets import token_urlsafe

from flask import abort, g, request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.security import check_password_hash, generate_password_hash

from .mongo import get_client, get_shared_db

CHALLENGE = WWWAuthenticate("basic", {"realm": "records"})

# What an unknown name is checked against, so that it takes as long as a known one.
NOBODY = {"password": generate_password_hash(token_urlsafe())}


def sent_login():
    """The name and password that came with this request, or None."""
    try:
        sent = request.authorization
    except ValueError:
        # Werkzeug cannot read a Basic header with letters that are not ASCII.
        return None
    if sent is None or sent.type != "basic" or not sent.password:
        return None
    return sent


def find_member(sent):
    """The member whose name and password were sent, or None."""
    if sent is None:
        return None
    member = get_shared_db().members.find_one({"_id": sent.username})
    known = check_password_hash((member or NOBODY)["password"], sent.password)
    return member if known else None


def log_in():
    """Before a view: put the member and the member's database into g."""
    g.member = find_member(sent_login())
    if g.member is None:
        abort(401, www_authenticate=CHALLENGE)
    g.db = get_client()[g.member["db"]]
