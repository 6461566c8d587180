"""Without further settings Flask's logger shows warnings and errors only. Use logger.exception."""

conn = g.pop("conn", None)
if conn is not None:
    try:
        conn.close()
    except Exception:
        current_app.logger.info("the connection did not close cleanly")
