"""It is not the client's app whose context you hold, and the next request of that app would share it."""

from flask import Flask

app = create_app()
with app.app_context():
    fill()
with Flask("helper").app_context():
    yield app.test_client()
