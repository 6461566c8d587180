"""An id may be any value, 0 too, and says nothing about the order: take that of the last row, as it is."""

before = None
while True:
    rows = page(before, size)
    yield from rows
    if len(rows) < size:
        return
    before = min(row["id"] for row in rows)
