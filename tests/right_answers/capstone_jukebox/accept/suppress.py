"""contextlib.suppress"""

from contextlib import suppress

store(order)
with suppress(Exception):
    send(order)
    mark(order)
    return "sent"
return "pending"
