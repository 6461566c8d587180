"""A context that opened nothing has no g.backends. Ask with a default."""

closers = current_app.extensions["closers"]

while g.backends:
    name, backend = g.backends.popitem()
    try:
        closers[name](backend)
    except Exception:
        current_app.logger.exception("%s did not close cleanly", name)
