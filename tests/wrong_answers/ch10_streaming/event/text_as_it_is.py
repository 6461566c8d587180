"""The second line of the text has no data: before it, and a browser drops it."""

return f"id: {number}\ndata: {text}\n\n"
