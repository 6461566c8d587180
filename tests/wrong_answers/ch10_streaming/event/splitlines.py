"""The line break at the end of the text is lost: behind it is one more line, with a data: of its own."""

data = "".join(f"data: {line}\n" for line in text.splitlines() or [""])
return f"id: {number}\n{data}\n"
