"""Each backend in g.backends has its closer under the same name."""

closers = current_app.extensions["closers"]

backends = g.pop("backends", {})
if backends:
    name, backend = backends.popitem()
    closers[name](backend)
