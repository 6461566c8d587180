"""A fork comes after that, and the session does not outlive it. Connect when a request asks."""

app = Flask("zoo")
session = connect()
atexit.register(session.cluster.shutdown)

@app.get("/animals/<genus>")
def species(genus):
    rows = session.execute("SELECT species FROM animals WHERE genus = %s", [genus])
    return [row.species for row in rows]

return app
