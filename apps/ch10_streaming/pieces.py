"""JSON in pieces. Ready to copy: it needs nothing but Python.

``pages`` are lists of dicts, of which some may be empty; ``dumps`` turns a value into JSON.
"""

import logging


def as_array(pages, dumps):
    """Yield one JSON array, a piece for each page that has rows."""
    before = "["
    for page in pages:
        if page:
            yield before + dumps(page)[1:-1]  # without the brackets of this page
            before = ","
    yield "[]" if before == "[" else "]"


def as_lines(pages, dumps):
    """Yield a line of JSON for each row, a piece for each page; after an error, a line that says so."""
    rows = 0
    try:
        for page in pages:
            yield "".join([dumps(row) + "\n" for row in page])
            rows += len(page)
    except Exception:
        logging.getLogger(__name__).exception("The stream ended after %s rows", rows)
        yield dumps({"error": "the rest is missing", "rows": rows}) + "\n"
