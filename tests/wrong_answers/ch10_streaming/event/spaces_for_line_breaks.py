"""The lines come back as lines: each gets a data: of its own, and the browser joins them again."""

return f"id: {number}\ndata: {' '.join(text.splitlines())}\n\n"
