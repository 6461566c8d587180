"""A close that fails in silence is found much later. current_app.logger.exception tells."""

closers = current_app.extensions["closers"]

backends = g.pop("backends", {})
for name in reversed(backends):
    try:
        closers[name](backends[name])
    except Exception:
        pass
