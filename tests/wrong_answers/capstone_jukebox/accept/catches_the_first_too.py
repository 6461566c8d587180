"""What was not stored is not accepted: leave store out of the try."""

try:
    store(order)
    send(order)
    mark(order)
except Exception:
    return "pending"
return "sent"
