"""A test cleans up after itself: make the change end with the request."""

app.app_ctx_globals_class.conn = fake
return app.test_client().get(path)
