"""A context is held while the test runs. Let it end before the yield."""

app = create_app()
with app.app_context():
    fill()
    client = app.test_client()
    yield client
