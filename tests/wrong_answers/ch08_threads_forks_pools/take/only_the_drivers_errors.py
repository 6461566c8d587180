"""You catch the errors that you know, and this one took the place with it. Catch every error there, and raise it
again."""

from rethinkdb.errors import ReqlDriverError
try:
    conn = places.get(timeout=wait)
except Empty:
    raise TimeoutError("busy") from None
if conn is None:
    try:
        conn = connect()
    except ReqlDriverError:
        places.put(None)
        raise
return conn
