"""An empty line of the text is a line as well: it gets a data: of its own."""

data = "".join(f"data: {line}\n" for line in re.split(r"[\r\n]+", text))
return f"id: {number}\n{data}\n"
