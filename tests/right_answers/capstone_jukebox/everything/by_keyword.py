"""Names the arguments of page."""

before = None
while True:
    rows = page(before=before, limit=size)
    yield from rows
    if len(rows) < size:
        return
    before = rows[-1]["id"]
