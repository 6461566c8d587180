"""The second request found a session that the end of the first one had closed. Who closes it, and when?"""

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
    if "session" in kept:
        kept["session"].cluster.shutdown()

return app
