"""What may fail stands in a function of its own."""

def finish():
    send(order)
    mark(order)
    return "sent"

store(order)
try:
    return finish()
except Exception:
    return "pending"
