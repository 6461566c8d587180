"""SystemExit is an order to stop, and no failure of close(). Catch Exception, not everything."""

conn = g.pop("conn", None)
if conn is not None:
    try:
        conn.close()
    except:
        current_app.logger.exception("the connection did not close cleanly")
