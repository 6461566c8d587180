"""Send a request to /songs too, and look at every connection that was opened."""

client, opened = app.test_client(), app.extensions["opened"]
client.get("/")
assert not opened
client.get("/songs")
client.get("/fails")
assert opened[-1].closed == 1
