"""The view found something that is not the fake. Put the fake itself into g.conn."""

def give_fake(sender, **extra):
    g.conn = property(lambda self: fake)


with appcontext_pushed.connected_to(give_fake, app):
    return app.test_client().get(path)
