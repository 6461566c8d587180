"""a context manager that lends"""

from contextlib import contextmanager

@contextmanager
def lend():
    conn = places.get(timeout=0.2)
    try:
        yield conn
    finally:
        places.put(conn)

app = Flask("jukebox")
app.register_error_handler(Empty, lambda error: ({"error": "busy"}, 503))

@app.get("/songs/<song_id>")
def song(song_id):
    with lend() as conn:
        found = r.table("songs").get(song_id).run(conn)
        if found is None:
            abort(404)
        return found

return app
