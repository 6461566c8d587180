"""Go on as long as pages are full, and not for two pages only."""

rows = page(None, size)
yield from rows
if len(rows) == size:
    yield from page(rows[-1]["id"], size)
