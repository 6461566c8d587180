"""An ExitStack that lives as long as the app; a decorator that registers."""

app = Flask("zoo")
lock, stack, sessions = Lock(), ExitStack(), []

@atexit.register
def close():
    stack.close()

@app.get("/animals/<genus>")
def species(genus):
    with lock:
        if not sessions:
            sessions.append(connect())
            stack.callback(sessions[0].shutdown)
    rows = sessions[0].execute("SELECT species FROM animals WHERE genus = %s", [genus])
    return [row.species for row in rows]

return app
