"""A carriage return is a line break too. Split at all three: \\r\\n, \\r and \\n."""

data = "".join(f"data: {line}\n" for line in text.split("\n"))
return f"id: {number}\n{data}\n"
