"""A decorator-like helper, as in the chapter's app."""

from functools import partial

def in_context(app, call):
    with app.app_context():
        return call()

return pool.submit(in_context, current_app._get_current_object(), partial(function, *args))
