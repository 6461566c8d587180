"""The argument does not matter here: what was opened is closed."""

conn = g.pop("conn", None)
if conn is not None and exc is None:
    try:
        conn.close()
    except Exception:
        current_app.logger.exception("the connection did not close cleanly")
