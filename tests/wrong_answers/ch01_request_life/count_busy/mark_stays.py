"""There the teardown runs twice with one g. Take the mark out of g when you have counted: g.pop."""

@app.before_request
def enter():
    g.entered = True
    app.extensions["busy"] += 1

@app.teardown_request
def leave(exc):
    if "entered" in g:
        app.extensions["busy"] -= 1
