"""An event without a line data: is no event, even if the text is empty."""

data = "".join(f"data: {line}\n" for line in text.splitlines())
return f"id: {number}\n{data}\n"
