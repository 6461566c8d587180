"""Let the pages of the front end read our responses, errors included."""

from flask import current_app, request


def allow_frontend(response):
    response.headers["Access-Control-Allow-Origin"] = current_app.config["FRONTEND"]
    response.vary.add("Origin")
    if "Access-Control-Request-Method" in request.headers:
        # A preflight: the browser asks before it sends a request with headers of ours.
        response.headers["Access-Control-Allow-Methods"] = "GET, POST"
        response.headers["Access-Control-Allow-Headers"] = "X-Coin, X-Listener"
    return response


def init_app(app):
    app.after_request(allow_frontend)
