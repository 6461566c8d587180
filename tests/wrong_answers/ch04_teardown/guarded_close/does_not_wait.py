"""That close is quiet because it does not care: what was sent with noreply may be lost."""

conn = g.pop("conn", None)
if conn is not None:
    conn.close(noreply_wait=False)
