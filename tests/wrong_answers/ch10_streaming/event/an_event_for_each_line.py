"""A blank line ends an event. There is one before the end: the id and all data belong together."""

lines = re.split(r"\r\n|\r|\n", text)
return f"id: {number}\n" + "".join(f"data: {line}\n\n" for line in lines)
