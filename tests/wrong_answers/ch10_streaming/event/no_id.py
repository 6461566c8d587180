"""Without the id a browser that comes back cannot say what it has seen. The line is id: and the number."""

data = "".join(f"data: {line}\n" for line in re.split(r"\r\n|\r|\n", text))
return f"{data}\n"
