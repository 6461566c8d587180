"""A sum hides it: two and none are as many as one and one. Compare each with 1."""

client = app.test_client()
opened = app.extensions["opened"]
client.get("/")
client.get("/songs")
client.get("/fails")
assert len(opened) == 2
assert sum(c.closed for c in opened) == len(opened)
