"""each page is followed by everything after it"""

def older(before):
    rows = page(before, size)
    yield from rows
    if len(rows) == size:
        yield from older(rows[-1]["id"])

yield from older(None)
