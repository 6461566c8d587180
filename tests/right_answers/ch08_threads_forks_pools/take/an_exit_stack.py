"""an ExitStack puts the place back, unless all went well"""

from contextlib import ExitStack
try:
    conn = places.get(block=True, timeout=wait)
except Empty:
    raise TimeoutError("all in use")
with ExitStack() as stack:
    stack.callback(places.put, None)
    if conn is None:
        conn = connect()
    stack.pop_all()
return conn
