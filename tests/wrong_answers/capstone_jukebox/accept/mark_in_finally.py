"""Nobody sends what is marked: mark only what was sent."""

store(order)
try:
    send(order)
except Exception:
    return "pending"
finally:
    mark(order)
return "sent"
