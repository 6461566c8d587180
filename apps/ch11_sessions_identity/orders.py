"""Orders in SQLite. Copy `bp`; the two other blueprints commit in a wrong place, and are there on request."""

import sqlite3

from flask import Blueprint, abort, current_app, g

bp = Blueprint("orders", __name__, url_prefix="/orders")
in_after_request = Blueprint("in_after_request", __name__, url_prefix="/orders/after-request")
in_teardown = Blueprint("in_teardown", __name__, url_prefix="/orders/teardown")

STOCK = {"blue-train": 3, "kind-of-blue": 0}


def get_orders():
    """The SQLite connection of this app context; the first call opens it."""
    if "orders" not in g:
        config = current_app.config
        g.orders = sqlite3.connect(config["ORDERS_DB"], timeout=config["ORDERS_TIMEOUT"])
    return g.orders


def close_orders(exc):
    """Close it; what was not committed is rolled back."""
    orders = g.pop("orders", None)
    try:
        if orders is not None:
            orders.close()
    except sqlite3.Error:
        current_app.logger.exception("the orders did not close cleanly")


def place(record):
    """Write the order, then look whether it can be met."""
    get_orders().execute("INSERT INTO orders (record) VALUES (?)", [record])
    # A record that is not in STOCK: a KeyError, so a 500.
    if STOCK[record] == 0:
        abort(409)
    return {"ordered": record}


@bp.get("")
def saved():
    return [record for (record,) in get_orders().execute("SELECT record FROM orders")]


@bp.delete("")
def forget():
    with get_orders() as conn:
        conn.execute("DELETE FROM orders")
    return "", 204


@bp.post("/view/<record>")
def order(record):
    # Commits at the end of the block, or rolls back if it raises.
    with get_orders():
        return place(record)


@in_after_request.post("/<record>")
def order_and_commit_afterwards(record):
    return place(record)


@in_after_request.after_request
def commit(response):
    """Wrong: also runs when the view failed."""
    get_orders().commit()
    return response


@in_teardown.post("/<record>")
def order_and_commit_at_the_end(record):
    return place(record)


@in_teardown.teardown_request
def commit_unless_raised(exc):
    """Wrong: an error that was handled is no exception here, and the response is made."""
    if exc is None:
        get_orders().commit()


def init_app(app):
    conn = sqlite3.connect(app.config["ORDERS_DB"], timeout=app.config["ORDERS_TIMEOUT"])
    conn.execute("CREATE TABLE IF NOT EXISTS orders (record TEXT)")
    conn.close()
    app.teardown_appcontext(close_orders)
    app.register_blueprint(bp)
    if app.config["WRONG_WAYS"]:
        app.register_blueprint(in_after_request)
        app.register_blueprint(in_teardown)
