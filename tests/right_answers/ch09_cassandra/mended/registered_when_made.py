"""What closes the session is registered when there is one."""

app = Flask("zoo")
lock = Lock()
session = None

def get_session():
    nonlocal session
    with lock:
        if session is None:
            session = connect()
            atexit.register(session.cluster.shutdown)
    return session

@app.get("/animals/<genus>")
def species(genus):
    rows = get_session().execute("SELECT species FROM animals WHERE genus = %s", [genus])
    return [row.species for row in rows]

return app
