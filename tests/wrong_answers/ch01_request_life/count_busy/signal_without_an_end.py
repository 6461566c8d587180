"""It entered and did not leave: the end that you chose does not come for this request."""

from flask import request_started

def enter(app, **extra):
    app.extensions["busy"] += 1

request_started.connect(enter, app, weak=False)

@app.before_request
def seen():
    g.seen = True

@app.teardown_request
def leave(exc):
    if g.pop("seen", False):
        app.extensions["busy"] -= 1
