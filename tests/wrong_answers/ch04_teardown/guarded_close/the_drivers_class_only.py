"""A socket may raise more than the driver's own classes. Catch Exception."""

from rethinkdb.errors import ReqlDriverError

conn = g.pop("conn", None)
if conn is not None:
    try:
        conn.close()
    except ReqlDriverError:
        current_app.logger.exception("the connection did not close cleanly")
