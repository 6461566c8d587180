"""One guard around the whole stack."""

try:
    with ExitStack() as stack:
        for name, thing in g.pop("backends", {}).items():
            stack.callback(current_app.extensions["closers"][name], thing)
except Exception:
    current_app.logger.exception("while closing")
