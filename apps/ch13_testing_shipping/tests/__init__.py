"""pytest APP runs them, on the RethinkDB that the environment names (FLASK_RETHINKDB_HOST, FLASK_RETHINKDB_PORT)."""
