"""empties the list between two requests"""

opened, client = app.extensions["opened"], app.test_client()
client.get("/")
assert not opened
for path in ("/songs", "/fails"):
    opened.clear()
    client.get(path)
    (conn,) = opened
    assert conn.closed == 1
