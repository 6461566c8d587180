"""The third page had one row: a page that is not full is the last one."""

rows = page(None, size)
while rows:
    yield from rows
    rows = page(rows[-1]["id"], size)
