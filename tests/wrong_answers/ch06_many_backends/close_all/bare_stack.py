"""A teardown that raises costs the client a response that is ready. Catch what one close raises."""

closers = current_app.extensions["closers"]

with ExitStack() as stack:
    for name, backend in g.pop("backends", {}).items():
        stack.callback(closers[name], backend)
