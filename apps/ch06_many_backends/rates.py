"""Another team's service: what a euro is worth. The shop asks it over HTTP."""

from flask import Flask, abort, request

RATES = {"EUR": 1.0, "GBP": 0.85, "USD": 1.1}


def create_app():
    app = Flask(__name__)

    @app.get("/health")
    def health():
        return {"rates": "well"}

    @app.get("/rates/<currency>")
    def rate(currency):
        if currency not in RATES:
            abort(404)
        return {"rate": RATES[currency], "caller": request.headers.get("X-Caller")}

    return app
