"""The last page is empty, and a comma was written for it. Only pages with rows get one."""

yield "["
for number, page in enumerate(pages):
    if number:
        yield ","
    yield ",".join(dumps(row) for row in page)
yield "]"
