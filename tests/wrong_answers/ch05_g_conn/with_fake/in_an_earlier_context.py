"""The request has a g of its own. Put the fake into that one, not into an earlier one."""

with app.app_context():
    g.conn = fake
return app.test_client().get(path)
