"""That was the first page. Go on as long as pages are full."""

yield from page(None, size)
