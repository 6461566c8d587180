"""A context manager for one thing, entered into the stack for each."""

from contextlib import contextmanager

@contextmanager
def closing(thing):
    try:
        yield
    finally:
        try:
            thing.close()
        except Exception:
            current_app.logger.exception("not closed cleanly")

with ExitStack() as stack:
    for thing in g.pop("opened", []):
        stack.enter_context(closing(thing))
