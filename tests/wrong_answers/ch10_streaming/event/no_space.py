"""A browser takes one space after the colon. Write one of your own: the text may begin with a space."""

data = "".join(f"data:{line}\n" for line in re.split(r"\r\n|\r|\n", text))
return f"id:{number}\n{data}\n"
