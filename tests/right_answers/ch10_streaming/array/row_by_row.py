"""A piece for each row, and the bracket at once."""

yield "["
comma = ""
for page in pages:
    for row in page:
        yield comma + dumps(row)
        comma = ","
yield "]"
