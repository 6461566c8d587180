"""Without a sender the signal of every app is answered. Name the app: connected_to(give_fake, app)."""

def give_fake(sender, **extra):
    g.conn = fake

appcontext_pushed.connect(give_fake)
return app.test_client().get(path)
