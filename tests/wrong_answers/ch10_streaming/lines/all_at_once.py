"""A line can go out as soon as its row is here. Yield inside the loop."""

rows = [row for page in pages for row in page]
yield "".join(dumps(row) + "\n" for row in rows)
