"""Send a request to /songs too, and look at every connection that was opened."""

client = app.test_client()
client.get("/")
assert app.extensions["opened"] == []
client.get("/fails")
assert [conn.closed for conn in app.extensions["opened"]] == [1]
