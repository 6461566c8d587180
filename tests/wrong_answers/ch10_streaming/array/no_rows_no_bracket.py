"""Both brackets belong there for no rows as well: an empty array is []."""

before = "["
for page in pages:
    for row in page:
        yield before + dumps(row)
        before = ","
yield "]"
