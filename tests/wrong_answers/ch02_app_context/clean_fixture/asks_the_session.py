"""Read the message first, then the line that it names."""

app = create_app()
with app.app_context():
    fill()
    session.clear()
yield app.test_client()
