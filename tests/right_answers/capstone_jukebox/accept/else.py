"""returns in an else"""

store(order)
try:
    send(order)
    mark(order)
except Exception as error:
    print("waits:", type(error).__name__)
    return "pending"
else:
    return "sent"
