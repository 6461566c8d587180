"""The next Flask gives each request its own g, and then this fake is not seen. Wait for the push."""

with app.app_context():
    g.conn = fake
    return app.test_client().get(path)
