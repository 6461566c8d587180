"""Between two rows stands one comma, also between the last row of a page and the first of the next."""

yield "["
for page in pages:
    yield ",".join(dumps(row) for row in page)
yield "]"
