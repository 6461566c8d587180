"""A connection often comes back in a moment. Wait for one as long as before."""

app = Flask("jukebox")

@app.errorhandler(Empty)
def busy(error):
    return {"error": "busy"}, 503

@app.get("/songs/<song_id>")
def song(song_id):
    conn = places.get_nowait()
    try:
        return r.table("songs").get(song_id).run(conn) or abort(404)
    finally:
        places.put(conn)

return app
