"""Signals, with the mark in g."""

from flask import request_started, request_tearing_down

def enter(app, **extra):
    g.entered = True
    app.extensions["busy"] += 1

def leave(app, **extra):
    if g.pop("entered", None):
        app.extensions["busy"] -= 1

request_started.connect(enter, app, weak=False)
request_tearing_down.connect(leave, app, weak=False)
