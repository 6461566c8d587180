"""Push and pop by hand, with an end that cannot be missed."""

app = create_app()
context = app.app_context()
context.push()
try:
    fill()
finally:
    context.pop()
yield app.test_client()
