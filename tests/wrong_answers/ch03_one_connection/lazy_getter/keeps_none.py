"""Something was left in g although connecting failed. Assign g.conn once r.connect has returned."""

if "conn" not in g:
    g.conn = None
    g.conn = r.connect(
        host=current_app.config["RETHINKDB_HOST"],
        port=current_app.config["RETHINKDB_PORT"],
        db=current_app.config["RETHINKDB_DB"],
    )
return g.conn
