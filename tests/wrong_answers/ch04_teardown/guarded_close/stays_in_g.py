"""A teardown may run twice. Take the connection out with g.pop."""

if "conn" in g:
    try:
        g.conn.close()
    except Exception:
        current_app.logger.exception("the connection did not close cleanly")
