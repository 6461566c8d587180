"""A connection that the app keeps is shared by all visitors. Lend one to each request."""

app = Flask("jukebox")

@app.errorhandler(Empty)
def busy(error):
    return {"error": "busy"}, 503

conn = places.get(timeout=0.2)

@app.get("/songs/<song_id>")
def song(song_id):
    return r.table("songs").get(song_id).run(conn) or abort(404)

return app
