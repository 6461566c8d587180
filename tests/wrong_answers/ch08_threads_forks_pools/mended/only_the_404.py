"""The query itself raised. There are more ways out of a view than the one you have closed: use what runs on all of
them."""

app = Flask("jukebox")
app.register_error_handler(Empty, lambda error: ({"error": "busy"}, 503))

@app.get("/songs/<song_id>")
def song(song_id):
    conn = places.get(timeout=0.2)
    found = r.table("songs").get(song_id).run(conn)
    places.put(conn)
    return found or abort(404)

return app
