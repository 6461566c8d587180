"""pytest does not look at what a test returns: say it with assert."""

client = app.test_client()
client.get("/")
client.get("/songs")
client.get("/fails")
return [conn.closed for conn in app.extensions["opened"]] == [1, 1]
