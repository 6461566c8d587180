"""Write thing.close without parentheses: with them it is called at once."""

try:
    with ExitStack() as stack:
        for thing in g.pop("opened", []):
            stack.callback(thing.close())
except Exception:
    current_app.logger.exception("not everything closed cleanly")
