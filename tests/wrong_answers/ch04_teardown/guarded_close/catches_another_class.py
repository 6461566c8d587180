"""close() raises here, and nothing caught it. Which class does the driver raise?"""

conn = g.pop("conn", None)
if conn is not None:
    try:
        conn.close()
    except ConnectionError:
        current_app.logger.exception("the connection did not close cleanly")
