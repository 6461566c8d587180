"""mark may fail like send, and the order is accepted all the same: put both into the try."""

store(order)
try:
    send(order)
except Exception:
    return "pending"
mark(order)
return "sent"
