"""A line is complete when its line break is there. Write it after each row."""

rows, before = 0, ""
try:
    for page in pages:
        for row in page:
            yield before + dumps(row)
            before = "\n"
            rows += 1
except Exception:
    yield before + dumps({"error": "the rest is missing", "rows": rows})
