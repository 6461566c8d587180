"""Without the teardown nobody closes it. atexit.register takes a function that is called at the end."""

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

return app
