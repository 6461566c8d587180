"""Yield the rows of a page before you ask for the next one."""

found, before, rows = [], None, None
while rows is None or len(rows) == size:
    rows = page(before, size)
    found += rows
    before = rows[-1]["id"] if rows else None
yield from found
