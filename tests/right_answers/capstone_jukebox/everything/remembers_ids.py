"""Remembers the ids, though no row comes twice."""

seen, before = set(), None
while True:
    rows = page(before, size)
    for row in rows:
        if row["id"] not in seen:
            seen.add(row["id"])
            yield row
    if len(rows) < size:
        return
    before = rows[-1]["id"]
