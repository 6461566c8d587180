"""Patience does not bring back what is lost: leave the time-out as it was."""

app = Flask("jukebox")
app.register_error_handler(Empty, lambda error: ({"error": "busy"}, 503))

@app.get("/songs/<song_id>")
def song(song_id):
    conn = places.get(timeout=5)
    try:
        return r.table("songs").get(song_id).run(conn) or abort(404)
    finally:
        places.put(conn)

return app
