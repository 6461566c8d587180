"""All went well: return 'sent'."""

store(order)
try:
    send(order)
    mark(order)
finally:
    return "pending"
