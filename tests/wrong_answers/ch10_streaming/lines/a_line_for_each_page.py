"""A line for each row, not for each page."""

rows = 0
try:
    for page in pages:
        yield dumps(page) + "\n"
        rows += len(page)
except Exception:
    yield dumps({"error": "the rest is missing", "rows": rows}) + "\n"
