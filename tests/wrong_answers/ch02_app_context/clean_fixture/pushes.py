"""push() begins a context and nothing ends it. A with block around fill() has an end."""

app = create_app()
app.app_context().push()
fill()
yield app.test_client()
