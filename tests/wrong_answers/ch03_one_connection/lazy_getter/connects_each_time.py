"""Keep the connection in g, and look there before you connect."""

config = current_app.config
return r.connect(host=config["RETHINKDB_HOST"], port=config["RETHINKDB_PORT"], db=config["RETHINKDB_DB"])
