"""An ExitStack closes."""

from contextlib import ExitStack

with ExitStack() as stack:
    conn = connect()
    stack.callback(conn.close)
    yield from query(conn)
