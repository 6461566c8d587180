"""A new g has no conn, not even None. Ask first: `"conn" in g`."""

if g.conn is None:
    g.conn = r.connect(
        host=current_app.config["RETHINKDB_HOST"],
        port=current_app.config["RETHINKDB_PORT"],
        db=current_app.config["RETHINKDB_DB"],
    )
return g.conn
