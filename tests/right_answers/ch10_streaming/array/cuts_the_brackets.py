"""dumps gets a page, and its brackets are cut off."""

first = True
for page in filter(None, pages):
    yield ("[" if first else ",") + dumps(page)[1:-1]
    first = False
yield "[]" if first else "]"
