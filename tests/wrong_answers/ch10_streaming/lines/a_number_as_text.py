"""The reader compares the number with the lines that came, and reads the text: it says something, and the number is no text."""

rows = 0
try:
    for page in pages:
        for row in page:
            yield dumps(row) + "\n"
            rows += 1
except Exception:
    yield dumps({"error": "the rest is missing", "rows": str(rows)}) + "\n"
