"""Count the connections: / needs none, so a request to it must not open one."""

client = app.test_client()
client.get("/songs")
client.get("/fails")
assert [conn.closed for conn in app.extensions["opened"]] == [1, 1]
