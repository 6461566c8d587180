"""If the process dies after the first step, the order must be written down: store it first."""

try:
    send(order)
    store(order)
    mark(order)
except Exception:
    return "pending"
return "sent"
