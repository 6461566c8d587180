"""page() is given the id of a row that it returned, or None."""

before = None
while True:
    rows = page(before, size)
    yield from rows
    if len(rows) < size:
        return
    before = rows[-1]
