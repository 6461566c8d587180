"""The brackets of the array are missing: one before the first row, one after the last."""

for page in pages:
    for row in page:
        yield dumps(row) + ","
