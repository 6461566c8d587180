"""The yield stands inside the with block, so the context is held while the test runs."""

app = create_app()
with app.app_context():
    fill()
    client = app.test_client()
    yield client
