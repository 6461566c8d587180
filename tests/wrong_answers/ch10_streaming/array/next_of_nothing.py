"""next() found no page. A for loop ends by itself; next(pages, []) has an answer too."""

yield "[" + dumps(next(pages))[1:-1]
for page in pages:
    if page:
        yield "," + dumps(page)[1:-1]
yield "]"
