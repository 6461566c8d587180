"""It never entered, so it must not leave. Remember in g who has entered."""

@app.before_request
def enter():
    app.extensions["busy"] += 1

@app.teardown_request
def leave(exc):
    app.extensions["busy"] -= 1
