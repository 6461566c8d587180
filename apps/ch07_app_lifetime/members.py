"""Who is asking, and which database is theirs."""

from flask import abort, g, request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.security import check_password_hash

from .mongo import get_client, get_shared_db

CHALLENGE = WWWAuthenticate("basic", {"realm": "records"})


def find_member(sent):
    """The member whose name and password were sent, or None."""
    if sent is None or sent.type != "basic":
        return None
    member = get_shared_db().members.find_one({"_id": sent.username})
    if member is None or not check_password_hash(member["password"], sent.password):
        return None
    return member


def log_in():
    """Before a view: put the member and the member's database into g."""
    g.member = find_member(request.authorization)
    if g.member is None:
        abort(401, www_authenticate=CHALLENGE)
    g.db = get_client()[g.member["db"]]
