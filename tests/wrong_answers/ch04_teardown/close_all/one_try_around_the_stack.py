"""One try around all of them hears of one error. Let each close have a try and a log entry of its own."""

try:
    with ExitStack() as stack:
        for thing in g.pop("opened", []):
            stack.callback(thing.close)
except Exception:
    current_app.logger.exception("not everything closed cleanly")
