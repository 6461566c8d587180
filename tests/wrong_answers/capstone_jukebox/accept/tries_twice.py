"""Do not try again here: the customer waits. Somebody else goes on with what is pending."""

store(order)
for attempt in range(2):
    try:
        send(order)
        mark(order)
        return "sent"
    except Exception:
        pass
return "pending"
