"""The dict of the closers does not know what was opened last. Go through g.backends."""

backends = g.get("backends", {})
for name in reversed(list(current_app.extensions["closers"])):
    if name in backends:
        try:
            current_app.extensions["closers"][name](backends[name])
        except Exception:
            current_app.logger.exception("close %s", name)
g.pop("backends", None)
