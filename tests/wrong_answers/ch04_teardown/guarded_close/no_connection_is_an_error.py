"""Many contexts never open a connection. Ask g for it with a default."""

try:
    g.pop("conn").close()
except Exception:
    current_app.logger.exception("the connection did not close cleanly")
