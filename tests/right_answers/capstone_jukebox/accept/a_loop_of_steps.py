"""The two steps in a loop, each with a try of its own."""

store(order)
for step in (send, mark):
    try:
        step(order)
    except Exception:
        return "pending"
return "sent"
