"""The mark is on the request object."""

@app.before_request
def enter():
    request.entered = True
    app.extensions["busy"] += 1

@app.teardown_request
def leave(exc):
    if getattr(request, "entered", False):
        request.entered = False
        app.extensions["busy"] -= 1
