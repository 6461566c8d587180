"""A blank line sends the event off: two line breaks at the end."""

return f"id: {number}\ndata: {text}\n"
