"""What changes something is sent by our own pages, and not by another site in a user's name."""

from hmac import compare_digest
from secrets import token_urlsafe
from urllib.parse import urlsplit

from flask import abort, request, session

# The three that any site can make a browser send, with the user's cookies, without asking.
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data", "text/plain")


def csrf_token():
    """The secret of this session that every form carries; the first call makes it."""
    if "csrf_token" not in session:
        session["csrf_token"] = token_urlsafe()
    return session["csrf_token"]


def comes_from_elsewhere():
    """Whether a browser says that another site sent this. Whoever is no browser says nothing."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return origin is not None and urlsplit(origin).netloc != request.host


def refuse_what_others_send():
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    if comes_from_elsewhere():
        abort(403)
    if request.mimetype in FORMS:
        kept, sent = session.get("csrf_token", ""), request.form.get("csrf_token", "")
        if not kept or not compare_digest(kept.encode(), sent.encode()):
            abort(400)


def init_app(app):
    app.before_request(refuse_what_others_send)
    app.jinja_env.globals["csrf_token"] = csrf_token
