"""Takes one after the other out of the dict, which is then empty."""

backends = g.get("backends", {})
while backends:
    name, backend = backends.popitem()
    try:
        current_app.extensions["closers"][name](backend)
    except Exception:
        current_app.logger.warning("%s", name, exc_info=True)
