"""A failure that leaves no trace is found too late: use current_app.logger."""

conn = g.pop("conn", None)
if conn is not None:
    try:
        conn.close()
    except Exception:
        pass
