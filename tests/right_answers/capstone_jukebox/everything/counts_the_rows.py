"""Counts the rows of each page."""

before, given = None, size
while given == size:
    given = 0
    for row in page(before, size):
        given += 1
        yield row
        before = row["id"]
