"""Shuts the session down, and leaves the cluster to the end of the process."""

app = Flask("zoo")
kept, lock = {}, Lock()

def get_session():
    with lock:
        return kept.get("session") or kept.setdefault("session", connect())

@app.get("/animals/<genus>")
def species(genus):
    rows = get_session().execute("SELECT species FROM animals WHERE genus = %s", [genus])
    return [row.species for row in rows]

def close():
    if "session" in kept:
        kept["session"].shutdown()

atexit.register(close)

return app
