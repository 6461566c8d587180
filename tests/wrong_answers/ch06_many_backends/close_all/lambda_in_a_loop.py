"""A function made in a loop looks its names up when it runs, after the loop. Hand the values over."""

closers = current_app.extensions["closers"]

try:
    with ExitStack() as stack:
        for name, backend in g.pop("backends", {}).items():
            stack.callback(lambda: closers[name](backend))
except Exception:
    current_app.logger.exception("closing failed")
