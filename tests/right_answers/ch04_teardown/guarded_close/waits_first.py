"""Waits for the writes by itself, logs what fails, and then drops the socket."""

conn = g.pop("conn", None)
if conn is None:
    return
try:
    conn.noreply_wait()
except Exception:
    current_app.logger.exception("some writes may be lost")
finally:
    try:
        conn.close(noreply_wait=False)
    except Exception:
        current_app.logger.exception("the connection did not close cleanly")
