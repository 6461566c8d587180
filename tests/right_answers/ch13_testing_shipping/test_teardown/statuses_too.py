"""asserts the statuses as well, and counts with a set"""

client = app.test_client()
assert [client.get(path).status_code for path in ("/songs", "/fails", "/")] == [200, 500, 200]
opened = app.extensions["opened"]
assert len(opened) == 2 and {conn.closed for conn in opened} == {1}
