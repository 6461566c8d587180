"""looks after each request"""

client, opened = app.test_client(), app.extensions["opened"]
for path, closed in [("/", []), ("/songs", [1]), ("/fails", [1, 1])]:
    client.get(path)
    assert [conn.closed for conn in opened] == closed, path
