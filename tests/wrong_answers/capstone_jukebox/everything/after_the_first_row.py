"""A page goes from the newest row to the oldest: the next one begins after the last of them."""

before = None
for _ in range(3):
    rows = page(before, size)
    yield from rows
    before = rows[0]["id"]
