"""Counts when a page has gone out; its pages are lists."""

n = 0
try:
    for page in pages:
        for row in page:
            yield dumps(row) + "\n"
        n += len(page)
except Exception:
    yield dumps({"error": "broken", "rows": n}) + "\n"
