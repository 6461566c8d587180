"""The request's own context, pushed by the test, without a client."""

with app.test_request_context(path):
    g.conn = fake
    return app.full_dispatch_request()
