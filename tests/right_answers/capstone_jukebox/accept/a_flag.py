"""keeps the outcome in a variable"""

store(order)
outcome = "pending"
try:
    for step in (send, mark):
        step(order)
    outcome = "sent"
except Exception:
    pass
return outcome
