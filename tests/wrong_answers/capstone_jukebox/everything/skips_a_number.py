"""New rows came in between: begin each page after the last row of the one before, not after a number."""

read = 0
while True:
    rows = page(None, read + size)[read:]
    yield from rows
    read += len(rows)
    if len(rows) < size:
        return
