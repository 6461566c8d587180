"""page(before, ...) leaves out the row with that id: hand over the id of the last row as it is."""

before, rows = None, None
while rows is None or len(rows) == size:
    rows = page(before, size)
    yield from rows
    before = rows[-1]["id"] + 1 if rows else None
