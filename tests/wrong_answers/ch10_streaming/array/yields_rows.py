"""The body of a response is text. Let dumps turn rows into JSON."""

yield "["
for page in pages:
    yield from page
yield "]"
