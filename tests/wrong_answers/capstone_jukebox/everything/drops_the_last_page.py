"""Those were the right pages: yield all of their rows, as they come, of the last page too."""

before = None
while True:
    rows = page(before, size)
    if len(rows) < size:
        return
    yield from rows
    before = rows[-1]["id"]
