"""Only \\r\\n, \\r and \\n end a line of the format. splitlines() splits at seven other characters too."""

data = "".join(f"data: {line}\n" for line in (text + "x").splitlines())
return f"id: {number}\n{data[:-2]}\n\n"
