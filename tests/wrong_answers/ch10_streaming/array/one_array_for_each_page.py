"""There is more than one array in it. dumps(page) brings brackets of its own: take its rows, or cut them off."""

for page in pages:
    yield dumps(page)
