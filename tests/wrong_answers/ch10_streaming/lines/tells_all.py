"""What an exception says is for your log: here it names a server and a login."""

rows = 0
try:
    for page in pages:
        for row in page:
            yield dumps(row) + "\n"
            rows += 1
except Exception as error:
    yield dumps({"error": str(error), "rows": rows}) + "\n"
