"""With TESTING the exception leaves the app, and after_request is left out. A teardown is not."""

@app.before_request
def enter():
    g.entered = True
    app.extensions["busy"] += 1

@app.after_request
def leave(response):
    if g.pop("entered", False):
        app.extensions["busy"] -= 1
    return response
