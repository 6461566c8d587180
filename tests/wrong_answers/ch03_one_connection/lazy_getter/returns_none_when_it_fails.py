"""Let the exception out: a view cannot do anything with None, and an error handler can."""

from rethinkdb.errors import ReqlDriverError

if "conn" not in g:
    try:
        g.conn = r.connect(
        host=current_app.config["RETHINKDB_HOST"],
        port=current_app.config["RETHINKDB_PORT"],
        db=current_app.config["RETHINKDB_DB"],
    )
    except ReqlDriverError:
        return None
return g.conn
