"""Asks with hasattr and names a local variable."""

if not hasattr(g, "conn"):
    conn = r.connect(
        host=current_app.config["RETHINKDB_HOST"],
        port=current_app.config["RETHINKDB_PORT"],
        db=current_app.config["RETHINKDB_DB"],
    )
    g.conn = conn
return g.conn
