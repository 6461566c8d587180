"""A loop in reverse order."""

for thing in reversed(g.pop("opened", ())):
    try:
        thing.close()
    except Exception:
        current_app.logger.exception("%s did not close cleanly", thing)
