"""An empty page got a comma. Remember whether a row was written, not how many pages there were."""

yield "["
for number, page in enumerate(pages):
    if page or not number:
        yield ("," if number else "") + ",".join(dumps(row) for row in page)
yield "]"
