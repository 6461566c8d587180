"""A generator of pages, and one of their rows."""

def pages():
    before = None
    while True:
        rows = page(before, size)
        yield rows
        if len(rows) < size:
            return
        before = rows[-1]["id"]

return (row for rows in pages() for row in rows)
