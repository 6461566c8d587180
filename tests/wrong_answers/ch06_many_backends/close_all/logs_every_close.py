"""Write into the log where the error is caught. Who reads a log that reports every request?"""

for name, backend in reversed(g.pop("backends", {}).items()):
    current_app.logger.warning("closing %s", name)
    try:
        current_app.extensions["closers"][name](backend)
    except Exception:
        pass
