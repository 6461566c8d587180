"""teardown_appcontext in the place of teardown_request."""

@app.before_request
def enter():
    app.extensions["busy"] += 1
    g.leaves = 1

@app.teardown_appcontext
def leave(exc):
    app.extensions["busy"] -= g.pop("leaves", 0)
