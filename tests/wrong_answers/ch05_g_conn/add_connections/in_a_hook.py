"""Connect at the first access, not in a hook."""

@app.before_request
def open_both():
    g.songs, g.audit = connect_songs(), connect_audit()

@app.teardown_appcontext
def close_both(exc):
    for name in ("songs", "audit"):
        conn = g.pop(name, None)
        if conn is not None:
            conn.close()
