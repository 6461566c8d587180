"""Closed, it is valid JSON, and nobody notices that the rest is missing. Do not close it in a finally."""

before = ""
yield "["
try:
    for page in pages:
        for row in page:
            yield before + dumps(row)
            before = ","
finally:
    yield "]"
