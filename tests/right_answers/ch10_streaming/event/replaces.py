"""All line breaks become one kind, and each of these a new line with its field."""

text = text.replace("\r\n", "\n").replace("\r", "\n")
return f"id: {number}\ndata: " + text.replace("\n", "\ndata: ") + "\n\n"
