"""The loop never ran, so its variable is not there. Set the number to 0 before the loop."""

from itertools import chain

try:
    for n, row in enumerate(chain.from_iterable(pages), 1):
        yield dumps(row) + "\n"
except Exception:
    yield dumps({"error": "the rest is missing", "rows": n}) + "\n"
