"""A lambda is held by connected_to while its with block lasts."""

with appcontext_pushed.connected_to(lambda sender, **extra: setattr(g, "conn", fake), app):
    with app.test_client() as client:
        return client.get(path)
