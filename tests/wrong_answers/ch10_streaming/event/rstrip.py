"""What stands at the end of the text belongs to it, also a space: do not strip it."""

lines = re.split(r"\r\n|\r|\n", text)
data = "".join(f"data: {line.rstrip(' ')}\n" for line in lines)
return f"id: {number}\n{data}\n"
