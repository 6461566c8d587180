"""One off: count a row once, when it has gone out."""

from itertools import chain

rows = 0
try:
    for rows, row in enumerate(chain.from_iterable(pages)):
        yield dumps(row) + "\n"
except Exception:
    yield dumps({"error": "the rest is missing", "rows": rows}) + "\n"
