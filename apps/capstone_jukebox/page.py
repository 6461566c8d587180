"""The page: HTML, CSS and JavaScript as they are served. Everything else comes from the API."""

from flask import Blueprint, render_template, session

bp = Blueprint("page", __name__)


@bp.get("/")
def index():
    # Whether somebody is logged in, not who: the page is there while the database of people is not.
    return render_template("index.html", has_session="_user_id" in session)


def init_app(app):
    app.register_blueprint(bp)
