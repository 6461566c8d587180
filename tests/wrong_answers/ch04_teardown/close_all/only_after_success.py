"""The argument does not matter here: what was opened is closed."""

if exc is None:
    try:
        with ExitStack() as stack:
            for thing in g.pop("opened", []):
                stack.callback(thing.close)
    except Exception:
        current_app.logger.exception("not everything closed cleanly")
