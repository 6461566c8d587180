"""Each request connects, which takes longer than its query. Let the session live as long as the process."""

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
    session = kept.pop("session", None)
    if session is not None:
        session.cluster.shutdown()

return app
