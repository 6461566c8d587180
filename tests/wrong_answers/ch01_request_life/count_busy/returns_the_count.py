"""What a before_request function returns becomes the response. Return nothing there."""

@app.before_request
def enter():
    g.entered = True
    app.extensions["busy"] += 1
    return str(app.extensions["busy"])

@app.teardown_request
def leave(exc):
    if g.pop("entered", False):
        app.extensions["busy"] -= 1
