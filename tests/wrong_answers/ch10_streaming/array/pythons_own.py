"""Single quotes are Python's. dumps(row) writes JSON, str(row) does not."""

before = "["
for page in pages:
    for row in page:
        yield before + str(row)
        before = ","
yield "[]" if before == "[" else "]"
