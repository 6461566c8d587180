"""Where a streaming view may open its connection: three other places, kept to be compared."""

from flask import Blueprint, Response, current_app, g, stream_with_context
from rethinkdb import r

from .live import connect

bp = Blueprint("places", __name__, url_prefix="/places")


def get_conn():
    """The connection of this context; the first call opens it (chapter 3)."""
    if "conn" not in g:
        g.conn = connect(current_app.config)
    return g.conn


def close_conn(exc):
    conn = g.pop("conn", None)
    try:
        if conn is not None:
            conn.close()
    except Exception:
        current_app.logger.exception("the connection did not close cleanly")  # chapter 4


def rows(conn):
    return list(r.table("warnings").order_by("id").run(conn))


@bp.get("/view")
def view():
    """A wrong way: opened in the view, and closed when the view is over."""
    conn = get_conn()

    @stream_with_context
    def body():
        yield "[\n"
        yield current_app.json.dumps(rows(conn))[1:]

    return Response(body(), mimetype="application/json")


@bp.get("/getter")
def getter():
    """A wrong way: the getter is called where there is no context."""

    def body():
        yield "[\n"
        yield current_app.json.dumps(rows(get_conn()))[1:]

    return Response(body(), mimetype="application/json")


@bp.get("/wrapped")
def wrapped():
    """It works: the getter is called in the generator, and the generator has a context."""

    @stream_with_context
    def body():
        yield "[\n"
        yield current_app.json.dumps(rows(get_conn()))[1:]

    return Response(body(), mimetype="application/json")


def init_app(app):
    app.teardown_appcontext(close_conn)
    app.register_blueprint(bp)
