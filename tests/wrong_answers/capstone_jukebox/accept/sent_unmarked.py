"""An order is sent when it was sent and marked. Until then it is pending."""

store(order)
try:
    send(order)
except Exception:
    return "pending"
try:
    mark(order)
except Exception:
    pass
return "sent"
