"""Count rows that went out: not pages, and not the error's own line."""

number = 0
try:
    for number, page in enumerate(pages, 1):
        for row in page:
            yield dumps(row) + "\n"
except Exception:
    yield dumps({"error": "the rest is missing", "rows": number}) + "\n"
