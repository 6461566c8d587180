"""Send one GET request to the path that you are given."""

def give(sender, **extra):
    g.conn = fake
with appcontext_pushed.connected_to(give, app):
    return app.test_client().post(path)
