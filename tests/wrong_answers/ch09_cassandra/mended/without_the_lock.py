"""The faulty app had a lock, and with it this was right. Keep looking and setting under the lock."""

app = Flask("zoo")
kept = {}

def get_session():
    if "session" not in kept:
        kept["session"] = connect()
        atexit.register(kept["session"].cluster.shutdown)
    return kept["session"]

@app.get("/animals/<genus>")
def species(genus):
    rows = get_session().execute("SELECT species FROM animals WHERE genus = %s", [genus])
    return [row.species for row in rows]

return app
