"""Ctrl-C may come while the order is stored, too: then nothing is accepted, and it goes through."""

try:
    store(order)
except KeyboardInterrupt:
    return "pending"
try:
    send(order)
    mark(order)
except Exception:
    return "pending"
return "sent"
