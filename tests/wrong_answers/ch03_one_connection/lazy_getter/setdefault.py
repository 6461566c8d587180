"""Python works out an argument before it calls: g.setdefault connects each time. Ask first."""

return g.setdefault(
    "conn",
    r.connect(
        host=current_app.config["RETHINKDB_HOST"],
        port=current_app.config["RETHINKDB_PORT"],
        db=current_app.config["RETHINKDB_DB"],
    ),
)
