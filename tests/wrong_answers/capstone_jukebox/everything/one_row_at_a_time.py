"""Ask for size rows at a time: that is what the database was told to expect."""

rows = page(None, 1)
while rows:
    yield from rows
    rows = page(rows[-1]["id"], 1)
