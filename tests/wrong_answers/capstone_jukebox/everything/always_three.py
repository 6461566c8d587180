"""The caller says how many rows make a page: hand its size on."""

before = None
while True:
    rows = page(before, 3)
    yield from rows
    if len(rows) < 3:
        return
    before = rows[-1]["id"]
