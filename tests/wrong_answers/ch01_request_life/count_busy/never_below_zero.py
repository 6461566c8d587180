"""Never going below 0 hides the fault: the one that was refused has counted the other one out."""

@app.before_request
def enter():
    app.extensions["busy"] += 1

@app.teardown_request
def leave(exc):
    app.extensions["busy"] = max(0, app.extensions["busy"] - 1)
