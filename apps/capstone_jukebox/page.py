"""The page that people see, and what their browser is told not to do with it."""

from flask import Blueprint, render_template, session

bp = Blueprint("page", __name__)

HEADERS = {
    # Scripts, styles, pictures and data from here alone, nothing inline, in nobody's frame.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    # JSON stays JSON, whatever it looks like.
    "X-Content-Type-Options": "nosniff",
    # Our URLs are told to nobody.
    "Referrer-Policy": "same-origin",
}


@bp.get("/")
def index():
    # Whether somebody is logged in, not who: the page is there while the database of people is not.
    return render_template("index.html", has_session="_user_id" in session)


@bp.after_app_request
def add_headers(response):
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response
