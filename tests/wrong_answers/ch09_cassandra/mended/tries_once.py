"""A try that failed must leave nothing behind: the next request connects."""

app = Flask("zoo")
kept, lock = {}, Lock()

def get_session():
    with lock:
        if "tried" not in kept:
            kept["tried"] = True
            kept["session"] = connect()
            atexit.register(kept["session"].cluster.shutdown)
        return kept["session"]

@app.get("/animals/<genus>")
def species(genus):
    rows = get_session().execute("SELECT species FROM animals WHERE genus = %s", [genus])
    return [row.species for row in rows]

return app
