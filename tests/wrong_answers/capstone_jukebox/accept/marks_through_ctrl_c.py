"""Ctrl-C may come while the order is marked, too: the try around mark catches Exception and no more."""

store(order)
try:
    send(order)
except Exception:
    return "pending"
try:
    mark(order)
except BaseException:
    return "pending"
return "sent"
