"""Each request has registered another one. Register where the session is made, or where the app is."""

app = Flask("zoo")
kept, lock = {}, Lock()

def get_session():
    with lock:
        if "session" not in kept:
            kept["session"] = connect()
        atexit.register(kept["session"].cluster.shutdown)
        return kept["session"]

@app.get("/animals/<genus>")
def species(genus):
    rows = get_session().execute("SELECT species FROM animals WHERE genus = %s", [genus])
    return [row.species for row in rows]

return app
