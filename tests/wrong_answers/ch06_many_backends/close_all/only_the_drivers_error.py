"""Three backends have three drivers, and each has errors of its own. Exception is all of them."""

from rethinkdb.errors import ReqlDriverError

for name, backend in reversed(list(g.pop("backends", {}).items())):
    try:
        current_app.extensions["closers"][name](backend)
    except ReqlDriverError:
        current_app.logger.exception("%s did not close cleanly", name)
