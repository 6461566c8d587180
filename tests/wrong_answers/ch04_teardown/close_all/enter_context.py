"""These things have a close() and no more: no __enter__, no __exit__. stack.callback takes any function."""

try:
    with ExitStack() as stack:
        for thing in g.pop("opened", []):
            stack.enter_context(thing)
except Exception:
    current_app.logger.exception("not everything closed cleanly")
