"""a finally and what came of it"""

import queue

try:
    conn = places.get(block=True, timeout=wait)
except queue.Empty:
    raise TimeoutError()
if conn is None:
    try:
        conn = connect()
    finally:
        if conn is None:
            places.put(None)
return conn
