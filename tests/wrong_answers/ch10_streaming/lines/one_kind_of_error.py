"""A driver has many errors, and so has a row. The reader needs the last line for each of them."""

rows = 0
try:
    for page in pages:
        for row in page:
            yield dumps(row) + "\n"
            rows += 1
except ConnectionError:
    yield dumps({"error": "the rest is missing", "rows": rows}) + "\n"
