"""Follow both ways through the function: each must return the connection."""

if "conn" not in g:
    config = current_app.config
    g.conn = r.connect(
        host=config["RETHINKDB_HOST"], port=config["RETHINKDB_PORT"], db=config["RETHINKDB_DB"]
    )
    return g.conn
