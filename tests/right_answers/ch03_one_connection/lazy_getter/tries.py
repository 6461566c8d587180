"""Asks forgiveness, with a time-out for connecting."""

try:
    return g.conn
except AttributeError:
    g.conn = r.connect(
        host=current_app.config["RETHINKDB_HOST"],
        port=current_app.config["RETHINKDB_PORT"],
        db=current_app.config["RETHINKDB_DB"],
        timeout=5,
    )
    return g.conn
