"""finally runs when all went well, too. An error is caught with except."""

rows = 0
try:
    for page in pages:
        for row in page:
            yield dumps(row) + "\n"
            rows += 1
finally:
    yield dumps({"error": "the rest is missing", "rows": rows}) + "\n"
