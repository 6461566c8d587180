"""A full page may be followed by an empty one, which has no last row."""

before, full = None, True
while full:
    rows = page(before, size)
    yield from rows
    before, full = rows[-1]["id"], len(rows) == size
