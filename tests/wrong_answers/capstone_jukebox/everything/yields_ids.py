"""A row is a dict: yield it as it is."""

before = None
while True:
    rows = page(before, size)
    yield from (row["id"] for row in rows)
    if len(rows) < size:
        return
    before = rows[-1]["id"]
