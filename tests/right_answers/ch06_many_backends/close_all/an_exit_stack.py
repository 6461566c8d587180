"""an ExitStack of guarded closes"""

backends, closers, logger = g.pop("backends", {}), current_app.extensions["closers"], current_app.logger
def close(name, thing):
    try:
        closers[name](thing)
    except Exception:
        logger.error("closing %s failed", name, exc_info=True)
with ExitStack() as stack:
    for item in backends.items():
        stack.callback(close, *item)
