"""A lambda looks at its variable when it is called, and the loop is over then. Hand over thing.close."""

try:
    with ExitStack() as stack:
        for thing in g.pop("opened", []):
            stack.callback(lambda: thing.close())
except Exception:
    current_app.logger.exception("not everything closed cleanly")
