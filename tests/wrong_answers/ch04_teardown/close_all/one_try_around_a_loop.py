"""The error ended the loop, and what came after it is still open."""

try:
    for thing in reversed(g.pop("opened", [])):
        thing.close()
except Exception:
    current_app.logger.exception("not everything closed cleanly")
