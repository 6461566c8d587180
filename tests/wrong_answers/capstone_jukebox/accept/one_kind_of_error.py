"""A stove fails in many ways, and not only when it is away. Catch Exception."""

store(order)
try:
    send(order)
    mark(order)
except ConnectionError:
    return "pending"
return "sent"
