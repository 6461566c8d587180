"""A signal without a sender comes for every app. Name the app, or register on it."""

from flask import appcontext_tearing_down
appcontext_tearing_down.connect(lambda sender, exc=None, **x: close_conn(exc), weak=False)
