"""A comma stands after the last row. Write it before each row but the first."""

yield "["
for page in pages:
    for row in page:
        yield dumps(row) + ","
yield "]"
