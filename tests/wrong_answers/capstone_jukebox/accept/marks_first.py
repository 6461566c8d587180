"""If the process dies between the two, an order that is marked is never sent."""

store(order)
try:
    mark(order)
    send(order)
except Exception:
    return "pending"
return "sent"
