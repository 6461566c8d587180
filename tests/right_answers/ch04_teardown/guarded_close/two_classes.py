"""Names the classes, and hands the rest to a last clause."""

from rethinkdb.errors import ReqlError

conn = g.pop("conn", None)
if conn:
    try:
        conn.close()
    except (ReqlError, OSError):
        current_app.logger.error("the server is gone")
    except Exception:
        current_app.logger.exception("the connection did not close cleanly")
