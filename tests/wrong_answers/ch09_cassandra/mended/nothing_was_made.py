"""There may be no session to close: no request has come, or connecting has failed. Ask before you close."""

app = Flask("zoo")
kept, lock = {}, Lock()

def get_session():
    with lock:
        return kept.get("session") or kept.setdefault("session", connect())

@app.get("/animals/<genus>")
def species(genus):
    rows = get_session().execute("SELECT species FROM animals WHERE genus = %s", [genus])
    return [row.species for row in rows]

atexit.register(lambda: kept["session"].cluster.shutdown())

return app
