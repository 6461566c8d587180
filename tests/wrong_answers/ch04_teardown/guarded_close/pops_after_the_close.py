"""What stands behind close() is skipped when it raises. Take the connection out before."""

if "conn" in g:
    try:
        g.conn.close()
        g.pop("conn")
    except Exception:
        current_app.logger.exception("the connection did not close cleanly")
