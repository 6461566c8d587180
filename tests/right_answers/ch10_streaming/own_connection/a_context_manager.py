"""A context manager of its own."""

from contextlib import contextmanager
@contextmanager
def opened():
    c = connect()
    try:
        yield c
    finally:
        c.close()
with opened() as c:
    yield from query(c)
