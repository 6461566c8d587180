"""That is a list again: the visitor waits for the last page. Yield inside the loop."""

yield dumps([row for page in pages for row in page])
