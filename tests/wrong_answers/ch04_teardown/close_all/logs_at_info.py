"""Flask's logger shows warnings and errors only, without further settings. Use logger.exception."""

for thing in reversed(g.pop("opened", [])):
    try:
        thing.close()
    except Exception:
        current_app.logger.info("not closed cleanly")
