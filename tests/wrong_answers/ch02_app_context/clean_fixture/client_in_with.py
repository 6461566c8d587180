"""A client in a with block keeps the context of its last request, and the second client's request
moves in. Yield a plain client."""

app = create_app()
with app.app_context():
    fill()
with app.test_client() as client:
    yield client
