"""That changes the app for everybody who uses it meanwhile. Put the fake into the g of this
request."""

before = app.app_ctx_globals_class
app.app_ctx_globals_class = type("Fake", (before,), {"conn": fake})
try:
    return app.test_client().get(path)
finally:
    app.app_ctx_globals_class = before
