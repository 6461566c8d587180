"""Take the backends out of g before you close them: g.pop."""

closers = current_app.extensions["closers"]

backends = g.get("backends", {})
for name in reversed(backends):
    try:
        closers[name](backends[name])
    except Exception:
        current_app.logger.exception("%s did not close cleanly", name)
