"""yield each row when it is asked for; a list is there only when all pages were read."""

found, before = [], None
while True:
    rows = page(before, size)
    found += rows
    if len(rows) < size:
        return found
    before = rows[-1]["id"]
