"""Catches everything, and passes Ctrl-C on."""

store(order)
try:
    send(order)
    mark(order)
except KeyboardInterrupt:
    raise
except BaseException:
    return "pending"
return "sent"
