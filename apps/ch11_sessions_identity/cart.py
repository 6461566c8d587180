from flask import Blueprint, abort, session

bp = Blueprint("cart", __name__)

RECORDS = ["blue-train", "kind-of-blue", "time-out"]


@bp.get("/")
def index():
    return {"service": "record shop"}


@bp.get("/cart")
def show():
    return session.get("cart", [])


@bp.post("/cart/<record>")
def add(record):
    if record not in RECORDS:
        abort(404)
    # A new list under the key: the session sees the change. At most 20, as the cookie is small.
    session["cart"] = [*session.get("cart", []), record][-20:]
    return session["cart"]
