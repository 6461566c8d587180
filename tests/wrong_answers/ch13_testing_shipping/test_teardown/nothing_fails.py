"""Send a request to /fails too: what happens to its connection?"""

client = app.test_client()
client.get("/")
assert app.extensions["opened"] == []
client.get("/songs")
assert [conn.closed for conn in app.extensions["opened"]] == [1]
