"""The text goes behind data: as it is."""

return f"id: {number}\ndata: {json.dumps(text)}\n\n"
