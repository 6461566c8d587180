"""A request context has an app context too."""

app = create_app()
with app.test_request_context():
    fill()
yield app.test_client()
