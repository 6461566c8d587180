"""A request closes its connection when its context ends. Is a context held open around it, or too much asked?"""

with app.app_context():
    app.test_client().get("/songs")
    assert [conn.closed for conn in app.extensions["opened"]] == [1]
