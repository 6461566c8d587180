"""A with block closes at its end. Leave it out: the teardown of the context closes."""

if "conn" not in g:
    with r.connect(
        host=current_app.config["RETHINKDB_HOST"],
        port=current_app.config["RETHINKDB_PORT"],
        db=current_app.config["RETHINKDB_DB"],
    ) as conn:
        g.conn = conn
return g.conn
