"""One loop over the rows of all pages; the number is set before."""

from itertools import chain

n = 0
try:
    for n, row in enumerate(chain.from_iterable(pages), 1):
        yield f"{dumps(row)}\n"
except Exception as error:
    print(f"told to ourselves: {type(error).__name__}")
    yield dumps({"rows": n, "error": "incomplete"}) + "\n"
