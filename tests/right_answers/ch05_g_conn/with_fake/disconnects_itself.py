"""connect and disconnect, in a try."""

def give_fake(sender, **extra):
    g.conn = fake

appcontext_pushed.connect(give_fake, sender=app)
try:
    return app.test_client().get(path)
finally:
    appcontext_pushed.disconnect(give_fake, sender=app)
