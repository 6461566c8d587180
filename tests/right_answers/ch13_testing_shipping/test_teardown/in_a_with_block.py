"""keeps the contexts in a with block, and looks when it has ended"""

with app.test_client() as client:
    for path in ("/songs", "/", "/fails"):
        client.get(path)
assert [conn.closed for conn in app.extensions["opened"]] == [1] * 2
