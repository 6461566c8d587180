"""What was opened last may need what was opened first. Close backwards."""

closers = current_app.extensions["closers"]

for name, backend in g.pop("backends", {}).items():
    try:
        closers[name](backend)
    except Exception:
        current_app.logger.exception("%s did not close cleanly", name)
