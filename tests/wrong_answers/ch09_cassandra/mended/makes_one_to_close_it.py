"""The getter makes what is not there. Close what is there, and make nothing for it."""

app = Flask("zoo")
kept, lock = {}, Lock()

def get_session():
    with lock:
        return kept.get("session") or kept.setdefault("session", connect())

@app.get("/animals/<genus>")
def species(genus):
    rows = get_session().execute("SELECT species FROM animals WHERE genus = %s", [genus])
    return [row.species for row in rows]

atexit.register(lambda: get_session().cluster.shutdown())

return app
