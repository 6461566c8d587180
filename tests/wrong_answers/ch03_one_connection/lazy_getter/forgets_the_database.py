"""Give r.connect the host, the port and the db of current_app.config."""

if "conn" not in g:
    config = current_app.config
    g.conn = r.connect(host=config["RETHINKDB_HOST"], port=config["RETHINKDB_PORT"])
return g.conn
