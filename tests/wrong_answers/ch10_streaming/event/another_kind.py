"""A browser hands events of other kinds to other listeners: onmessage never hears this one."""

data = "".join(f"data: {line}\n" for line in re.split(r"\r\n|\r|\n", text))
return f"event: warning\nid: {number}\n{data}\n"
