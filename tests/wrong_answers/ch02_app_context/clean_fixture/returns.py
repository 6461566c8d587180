"""Hand the client to the test with yield, not with return."""

app = create_app()
with app.app_context():
    fill()
return app.test_client()
