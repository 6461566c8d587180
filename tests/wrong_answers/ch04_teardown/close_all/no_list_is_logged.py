"""Most contexts open nothing, and that is no failure: the log would be full of it."""

try:
    for thing in reversed(g.pop("opened")):
        try:
            thing.close()
        except Exception:
            current_app.logger.exception("not closed cleanly")
except KeyError:
    current_app.logger.exception("nothing to close")
