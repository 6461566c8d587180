"""Exactly once: compare `closed` with 1."""

client = app.test_client()
client.get("/")
assert not app.extensions["opened"]
client.get("/songs")
client.get("/fails")
assert all(conn.closed for conn in app.extensions["opened"])
