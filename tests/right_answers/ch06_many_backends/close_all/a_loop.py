"""A loop backwards, with a try in it."""

backends = g.pop("backends", None)
if backends is None:
    return
for name in reversed(backends):
    try:
        current_app.extensions["closers"][name](backends[name])
    except Exception as error:
        current_app.logger.error("closing %s: %r", name, error)
