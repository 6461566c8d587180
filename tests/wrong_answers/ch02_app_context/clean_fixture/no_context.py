"""fill() needs a context for itself: wrap that one line in a with block."""

app = create_app()
fill()
yield app.test_client()
