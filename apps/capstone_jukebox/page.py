"""The page: one file of HTML, one of CSS, one of JavaScript. Everything else comes from the API."""

from flask import Blueprint, render_template

bp = Blueprint("page", __name__)


@bp.get("/")
def index():
    return render_template("index.html")


def init_app(app):
    app.register_blueprint(bp)
