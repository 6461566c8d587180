"""A piece for each page."""

sent = 0
try:
    for page in pages:
        yield "".join(dumps(row) + "\n" for row in page)
        sent += len(page)
except Exception:
    yield dumps({"error": "broken off", "rows": sent}) + "\n"
