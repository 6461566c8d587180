"""What was opened last may need what was opened first: close it first."""

for thing in g.pop("opened", []):
    try:
        thing.close()
    except Exception:
        current_app.logger.exception("not everything closed cleanly")
