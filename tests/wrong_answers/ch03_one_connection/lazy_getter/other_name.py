"""close_conn looks for it under the name conn: use g.conn."""

if "connection" not in g:
    config = current_app.config
    g.connection = r.connect(
        host=config["RETHINKDB_HOST"], port=config["RETHINKDB_PORT"], db=config["RETHINKDB_DB"]
    )
return g.connection
