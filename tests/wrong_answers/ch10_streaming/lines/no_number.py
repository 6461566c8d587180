"""Readers look for these two keys: write both, and no others."""

try:
    for page in pages:
        for row in page:
            yield dumps(row) + "\n"
except Exception:
    yield dumps({"error": "the rest is missing"}) + "\n"
