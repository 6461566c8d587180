"""A warning with the traceback, and a KeyError where there is nothing."""

try:
    conn = g.pop("conn")
except KeyError:
    return
try:
    conn.close()
except Exception as error:
    current_app.logger.warning("not closed: %s", error, exc_info=True)
