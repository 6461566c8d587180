"""Looks before the lock and under it."""

app = Flask("zoo")
session, lock = None, Lock()

def get_session():
    nonlocal session
    if session is None:
        with lock:
            if session is None:
                session = connect()
    return session

@app.get("/animals/<genus>")
def species(genus):
    rows = get_session().execute("SELECT species FROM animals WHERE genus = %s", [genus])
    return [row.species for row in rows]

def close():
    if session is not None:
        session.cluster.shutdown()

atexit.register(close)

return app
