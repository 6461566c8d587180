"""counts the rows of the last page"""

last, count = None, size
while count == size:
    rows = page(last, size)
    count = len(rows)
    for row in rows:
        last = row["id"]
        yield row
