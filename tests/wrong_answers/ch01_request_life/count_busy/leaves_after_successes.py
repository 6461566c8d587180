"""A failed request has an end, too."""

@app.before_request
def enter():
    g.entered = True
    app.extensions["busy"] += 1

@app.teardown_request
def leave(exc):
    if exc is None and g.pop("entered", False):
        app.extensions["busy"] -= 1
