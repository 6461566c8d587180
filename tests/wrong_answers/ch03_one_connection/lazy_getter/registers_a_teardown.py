"""A getter runs while requests are served. Register a teardown once, while the app is made."""

if "conn" not in g:
    g.conn = r.connect(
        host=current_app.config["RETHINKDB_HOST"],
        port=current_app.config["RETHINKDB_PORT"],
        db=current_app.config["RETHINKDB_DB"],
    )
    current_app.teardown_appcontext(lambda exc: g.conn.close())
return g.conn
