"""What is yielded is what the test gets: app.test_client()."""

app = create_app()
with app.app_context():
    fill()
yield app
