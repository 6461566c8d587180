"""connect() goes on until disconnect(). Send the request inside of a with block of connected_to()."""

def give_fake(sender, **extra):
    g.conn = fake

appcontext_pushed.connect(give_fake, app)
return app.test_client().get(path)
