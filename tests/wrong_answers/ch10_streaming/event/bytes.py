"""Return the whole event as one string."""

data = "".join(f"data: {line}\n" for line in re.split(r"\r\n|\r|\n", text))
return f"id: {number}\n{data}\n".encode()
