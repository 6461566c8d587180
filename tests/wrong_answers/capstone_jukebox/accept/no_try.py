"""The order is stored, so it is accepted: no error of a later step may undo that."""

store(order)
send(order)
mark(order)
return "sent"
