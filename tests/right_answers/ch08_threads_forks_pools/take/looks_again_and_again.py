"""asks the queue every few milliseconds"""

import time
end = time.monotonic() + wait
while True:
    try:
        conn = places.get_nowait()
        break
    except Empty:
        if time.monotonic() >= end:
            raise TimeoutError("no place") from None
        time.sleep(0.005)
try:
    return connect() if conn is None else conn
except BaseException:
    places.put(conn)
    raise
