"""It never ends: a page that is not full is the last one, an empty one too."""

before = None
while True:
    rows = page(before, size)
    yield from rows
    before = rows[-1]["id"] if rows else before
