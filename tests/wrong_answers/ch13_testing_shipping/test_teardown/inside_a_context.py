"""A request inside of app_context() closes nothing: the end of the block does. Take the block away."""

with app.app_context():
    app.test_client().get("/songs")
    assert [conn.closed for conn in app.extensions["opened"]] == [1]
