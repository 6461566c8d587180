"""Say what became of the order: return 'sent' or 'pending'."""

store(order)
try:
    send(order)
    mark(order)
except Exception:
    pass
