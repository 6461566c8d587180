"""Logged is dealt with. Do not raise it again: the client waits for its response."""

conn = g.pop("conn", None)
if conn is not None:
    try:
        conn.close()
    except Exception:
        current_app.logger.exception("the connection did not close cleanly")
        raise
