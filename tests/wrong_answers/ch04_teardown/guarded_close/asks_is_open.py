"""is_open() asks nobody. Close, and expect that it may fail."""

conn = g.pop("conn", None)
if conn is not None and conn.is_open():
    conn.close()
