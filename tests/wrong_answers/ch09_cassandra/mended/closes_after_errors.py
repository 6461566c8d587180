"""What fails in one request is nothing to the session. Do not close it for that either."""

app = Flask("zoo")
kept, lock = {}, Lock()

def get_session():
    with lock:
        if "session" not in kept:
            kept["session"] = connect()
        return kept["session"]

@app.get("/animals/<genus>")
def species(genus):
    rows = get_session().execute("SELECT species FROM animals WHERE genus = %s", [genus])
    return [row.species for row in rows]

@app.teardown_appcontext
def close(exc):
    if exc is not None and "session" in kept:
        kept["session"].cluster.shutdown()

return app
