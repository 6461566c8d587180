"""Nothing came after store. A try also hides a call that is wrong: each step is given the order."""

store(order)
try:
    send()
    mark()
except Exception:
    return "pending"
return "sent"
