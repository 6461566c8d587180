"""Something that outlives the context keeps the connection. Keep it in g."""

config = current_app.config
if "conn" not in current_app.extensions:
    current_app.extensions["conn"] = r.connect(
        host=config["RETHINKDB_HOST"], port=config["RETHINKDB_PORT"], db=config["RETHINKDB_DB"]
    )
return current_app.extensions["conn"]
