"""Is too much asked? / opens no connection, a failure is a response 500, and the app closes by itself."""

import pytest
client = app.test_client()
opened = app.extensions["opened"]
client.get("/")
client.get("/songs")
with pytest.raises(Exception):
    client.get("/fails")
assert [c.closed for c in opened] == [1, 1]
