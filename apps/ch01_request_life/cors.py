"""Let the pages of the front end read our answers, errors included."""

from flask import current_app


def allow_frontend(response):
    response.headers["Access-Control-Allow-Origin"] = current_app.config["FRONTEND"]
    return response


def init_app(app):
    app.after_request(allow_frontend)
