"""With the signal that goes out when a context is torn down."""

from flask import appcontext_tearing_down

def close(sender, exc=None, **extra):
    close_conn(exc)

appcontext_tearing_down.connect(close, app, weak=False)
