"""abort() raises: what stands below it in the view is not reached."""

app = Flask("jukebox")
app.register_error_handler(Empty, lambda error: ({"error": "busy"}, 503))

@app.get("/songs/<song_id>")
def song(song_id):
    conn = places.get(timeout=0.2)
    found = r.table("songs").get(song_id).run(conn) or abort(404)
    places.put(conn)
    return found

return app
