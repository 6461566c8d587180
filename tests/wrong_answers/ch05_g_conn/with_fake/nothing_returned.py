"""Send the request with app.test_client().get(path) and return what comes back."""

def give_fake(sender, **extra):
    g.conn = fake


with appcontext_pushed.connected_to(give_fake, app):
    app.test_client().get(path)
