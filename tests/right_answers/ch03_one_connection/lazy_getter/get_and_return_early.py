"""Returns early, and takes all settings by their common prefix."""

found = g.get("conn")
if found is not None:
    return found
where = current_app.config.get_namespace("RETHINKDB_")
g.conn = r.connect(**where)
return g.conn
