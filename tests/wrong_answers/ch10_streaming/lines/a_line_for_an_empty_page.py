"""An empty page has no lines. The line break belongs to the row, not to the page."""

rows = 0
try:
    for page in pages:
        yield "\n".join(map(dumps, page)) + "\n"
        rows += len(page)
except Exception:
    yield dumps({"error": "the rest is missing", "rows": rows}) + "\n"
