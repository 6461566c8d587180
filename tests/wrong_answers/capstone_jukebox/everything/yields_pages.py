"""yield gives the whole page at once. yield from gives its rows, one after the other."""

before = None
while True:
    rows = page(before, size)
    yield rows
    if len(rows) < size:
        return
    before = rows[-1]["id"]
