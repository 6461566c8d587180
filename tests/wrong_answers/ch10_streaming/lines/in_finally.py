"""Only an error adds a line. finally, and what stands behind the loop, run when all went well, too."""

rows = 0
try:
    for page in pages:
        for row in page:
            yield dumps(row) + "\n"
            rows += 1
finally:
    yield dumps({"error": "the rest is missing", "rows": rows}) + "\n"
