"""exc is the view's error. A request that failed has opened its backends too."""

if exc is not None:
    return
for name, backend in reversed(g.pop("backends", {}).items()):
    try:
        current_app.extensions["closers"][name](backend)
    except Exception:
        current_app.logger.exception(name)
