"""The client is made inside of the block and handed out after it."""

app = create_app()
with app.app_context():
    fill()
    client = app.test_client()
yield client
