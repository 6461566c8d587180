"""A request closes its connection when its context ends. Is a context held open around it, or too much asked?"""

client, opened = app.test_client(), app.extensions["opened"]
for path, number in [("/", 1), ("/songs", 2), ("/fails", 3)]:
    client.get(path)
    assert len(opened) == number
