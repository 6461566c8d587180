"""A second request may find what the first has changed. Send one, and return its response."""

def give(sender, **extra):
    g.conn = fake
with appcontext_pushed.connected_to(give, app):
    app.test_client().get(path)
    return app.test_client().get(path)
