"""What is after the yield cleans up."""

app = create_app()
with app.app_context():
    fill()
yield app.test_client()
with app.app_context():
    fill()
