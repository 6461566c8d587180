""".repl() is for the Python prompt: it makes the connection the thread's own, and outlives the context."""

if "conn" not in g:
    g.conn = r.connect(
        host=current_app.config["RETHINKDB_HOST"],
        port=current_app.config["RETHINKDB_PORT"],
        db=current_app.config["RETHINKDB_DB"],
    ).repl()
return g.conn
