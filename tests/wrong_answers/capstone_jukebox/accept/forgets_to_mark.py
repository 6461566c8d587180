"""Each step once: store, then send, then mark."""

store(order)
try:
    send(order)
except Exception:
    return "pending"
return "sent"
